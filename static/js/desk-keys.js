// Keys of a desk: j and k walk the queue, x ticks, ? explains, and a page names further keys by data-desk-key on what
// they reach (a box is focused, a button or summary pressed). They can be turned off, and never fire while typing.
import { fresh, isTyping } from "./hooks.js";

const SWITCH = "lianqiao.shortcuts";
let listening = false;

function enabled() {
  try {
    return window.localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

export function enhance(root) {
  for (const box of fresh(root, "[data-shortcuts-switch]")) {
    box.checked = enabled();
    box.addEventListener("change", () => window.localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  }
  if (!listening) {
    listening = true;
    document.addEventListener("keydown", onKey);
  }
}

function onKey(event) {
  const queue = document.querySelector("[data-queue]");
  const busy = event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
  const typing = isTyping(event.target) && event.target.type !== "checkbox";
  if (!queue || busy || typing || event.isComposing || !enabled()) {
    return;
  }
  if (event.key === "j" || event.key === "k") {
    move(queue, event.key === "j" ? 1 : -1);
  } else if (event.key === "x") {
    current(queue)?.querySelector("[data-batch-item]")?.click();
  } else if (event.key === "?") {
    document.getElementById("shortcuts")?.showModal();
  } else if (!press(event.key)) {
    return;
  }
  event.preventDefault();
}

function press(key) {
  const wanted = /^[a-z]$/.test(key) ? document.querySelector(`[data-desk-key="${key}"]`) : null;
  wanted?.focus();
  if (wanted && !wanted.matches("input, select, textarea")) {
    wanted.click();
  }
  return wanted !== null;
}

function current(queue) {
  const items = [...queue.querySelectorAll("[data-queue-item]")];
  return items.find((item) => item.contains(document.activeElement)) ?? items.find((item) => item.querySelector('[aria-current="true"]'));
}

function move(queue, step) {
  const items = [...queue.querySelectorAll("[data-queue-item]")];
  const here = items.indexOf(current(queue));
  const next = items[Math.min(items.length - 1, Math.max(0, here + step))];
  next?.querySelector("a").focus();
  next?.scrollIntoView({ block: "nearest" });
}

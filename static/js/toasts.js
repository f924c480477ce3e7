// Flashed messages. Good news leaves by itself unless the reader is on it; anything else waits to be closed.
import { fresh } from "./hooks.js";

const LEAVE_AFTER = 8000;
const ICONS = { good: "check-circle-fill", doubt: "exclamation-triangle", bad: "exclamation-circle-fill" };

export function showToast(kind, text) {
  const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  toast.classList.replace("toast-info", `toast-${kind}`);
  toast.dataset.toast = kind;
  const use = toast.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[kind] ?? "info-circle"}`));
  toast.querySelector("[data-toast-text]").textContent = text;
  document.querySelector("[data-toasts]")?.append(toast);
  enhance(toast);
  return toast;
}

export function enhance(root) {
  for (const toast of fresh(root, "[data-toast]")) {
    toast.querySelector("[data-toast-close]").addEventListener("click", () => toast.remove());
    if (toast.dataset.toast === "good" || toast.dataset.toast === "info") {
      leaveLater(toast);
    }
  }
}

function leaveLater(toast) {
  window.setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) {
      leaveLater(toast);
    } else {
      toast.remove();
    }
  }, LEAVE_AFTER);
}

// Copy a short text. Offices often reach the site by plain http, where the clipboard API is absent: fall back.
import { fresh } from "./hooks.js";

export function enhance(root) {
  for (const button of fresh(root, "[data-copy]")) {
    const label = button.querySelector("[data-copy-label]");
    const before = label.textContent;
    button.addEventListener("click", async () => {
      const done = await copyText(button.dataset.copy);
      label.textContent = done ? button.dataset.copied : button.dataset.copyFailed;
      window.setTimeout(() => {
        label.textContent = before;
      }, 3000);
    });
  }
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

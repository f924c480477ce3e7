// Dialogs: any button with data-open-dialog="<id>" opens one, data-close-dialog closes it, focus returns by itself.
import { fresh } from "./hooks.js";

export function enhance(root) {
  for (const button of fresh(root, "[data-open-dialog]")) {
    button.addEventListener("click", () => document.getElementById(button.dataset.openDialog)?.showModal());
  }
  for (const button of fresh(root, "[data-close-dialog]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  for (const dialog of fresh(root, "dialog")) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) {
        dialog.close();
      }
    });
  }
}

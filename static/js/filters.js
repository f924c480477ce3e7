// On wide screens a changed filter takes effect at once; on phones the sheet is filled in and sent by its button.
import { fresh } from "./hooks.js";

const WIDE = window.matchMedia("(min-width: 992px)");

export function enhance(root) {
  for (const form of fresh(root, "form[data-filters]")) {
    form.addEventListener("change", () => {
      if (WIDE.matches) {
        form.dispatchEvent(new Event("filters:change"));
      }
    });
  }
}

// A button that opens the browser's own print window; without scripts the person finds it in the menu.
import { fresh } from "./hooks.js";

export function enhance(root) {
  for (const button of fresh(root, "[data-print]")) {
    button.addEventListener("click", () => window.print());
  }
}

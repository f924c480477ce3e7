// Menus are <details>; they open without scripts. Here: close on Escape, on a click elsewhere, and one at a time.
import { fresh } from "./hooks.js";

let listening = false;

export function enhance(root) {
  for (const menu of fresh(root, "[data-menu]")) {
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
  }
  if (!listening) {
    listening = true;
    document.addEventListener("click", (event) => {
      for (const menu of document.querySelectorAll("[data-menu][open]")) {
        if (!menu.contains(event.target)) {
          menu.open = false;
        }
      }
    });
  }
}

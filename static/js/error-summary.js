// After a refused form the reader starts at the list of what to mend; each link puts the cursor into its field.
import { fresh } from "./hooks.js";

export function enhance(root) {
  for (const summary of fresh(root, "[data-error-summary]")) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) {
        return;
      }
      event.preventDefault();
      field.closest("details:not([open])")?.setAttribute("open", "");
      field.scrollIntoView({ block: "center" });
      (field.tomselect ?? field).focus();
    });
  }
}

// Every module offers enhance(root): it looks for its data-* hooks below root and marks what it has taken care of.
// It runs once for the page and again for each fragment that htmx brings in.
import { enhance as autosave } from "./autosave.js";
import { enhance as batch } from "./batch.js";
import { enhance as copy } from "./copy.js";
import { enhance as deskKeys } from "./desk-keys.js";
import { enhance as dialogs } from "./dialogs.js";
import { enhance as errorSummary } from "./error-summary.js";
import { enhance as fileDrop } from "./file-drop.js";
import { enhance as filters } from "./filters.js";
import { enhance as lookups } from "./lookups.js";
import { enhance as menus } from "./menus.js";
import { enhance as outline } from "./outline.js";
import { enhance as pickers } from "./pickers.js";
import { enhance as print } from "./print.js";
import { listen as listenToRequests } from "./requests.js";
import { enhance as specRows } from "./spec-rows.js";
import { enhance as toasts } from "./toasts.js";
import { enhance as typeSections } from "./type-sections.js";

const parts = [
  toasts, menus, dialogs, copy, pickers, lookups, fileDrop, specRows, autosave, outline, filters, batch, deskKeys, errorSummary, print, typeSections,
];

function enhanceAll(root) {
  for (const enhance of parts) {
    enhance(root);
  }
}

listenToRequests();
enhanceAll(document.body);
document.body.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) {
    enhanceAll(event.detail.elt);
  }
});

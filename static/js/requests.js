// What every htmx request needs: the form token, and a sentence when the answer does not come.
import { csrfToken } from "./hooks.js";
import { showToast } from "./toasts.js";

export function listen() {
  const words = document.body.dataset;
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") {
      event.detail.headers["X-CSRFToken"] = csrfToken();
    }
  });
  document.body.addEventListener("htmx:sendError", () => showToast("bad", words.offline));
  document.body.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    const sentence = { 400: words.requestForbidden, 401: words.requestForbidden, 403: words.requestForbidden, 429: words.tooMany };
    showToast("bad", sentence[status] ?? words.requestFailed);
  });
}

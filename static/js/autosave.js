// Drafts save themselves: <form data-autosave="url" data-autosave-seconds="4"> is posted a few seconds after a change.
// The server answers 2xx, with JSON {saved_at, version, autosave_url, page_url} if it likes: a new draft gets its address
// then, and the form's own `version` follows. 409 {problem}: somebody else saved meanwhile, so autosave rests. 422
// {problem}: something cannot be read yet; the next change tries again. Files are left out; they travel with the form.
// A form sent while a save is on its way waits for it, or it would look older than its own draft.
import { csrfToken, fill, fresh } from "./hooks.js";

const RETRY_AFTER = 15000;

export function enhance(root) {
  for (const form of fresh(root, "form[data-autosave]")) {
    start(form);
  }
}

function start(form) {
  const line = form.querySelector("[data-autosave-state]");
  const wait = Number(form.dataset.autosaveSeconds || 4) * 1000;
  let timer = null;
  let changes = 0;
  let saved = 0;
  let saving = false;
  let sent = false;
  let stopped = false;
  let waiting = null;

  const later = (milliseconds) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, milliseconds);
  };
  const say = (state, values = {}) => {
    if (line) {
      line.dataset.state = state;
      line.textContent = fill(line.dataset[state], values);
    }
  };
  const onChange = (event) => {
    if (event.target.type === "file") {
      return;
    }
    changes += 1;
    say("changed");
    later(wait);
  };

  async function save() {
    if (sent || stopped || saved === changes) {
      return;
    }
    if (saving) {
      later(wait);
      return;
    }
    saving = true;
    const upTo = changes;
    say("saving");
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: draft(form),
        headers: { "X-CSRFToken": csrfToken(), "X-Autosave": "1", Accept: "application/json" },
        credentials: "same-origin",
        redirect: "error",
      });
      const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (said.problem && (answer.status === 409 || answer.status === 422)) {
        stopped = answer.status === 409;
        say("failed");
        if (line) {
          line.textContent = said.problem;
        }
        return;
      }
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      saved = upTo;
      if (said.version && form.elements.version) {
        form.elements.version.value = said.version;
      }
      if (said.autosave_url) {
        form.dataset.autosave = said.autosave_url;
      }
      if (said.page_url) {
        window.history.replaceState(null, "", said.page_url);
        form.action = said.page_url;
      }
      say(saved === changes ? "saved" : "changed", { time: said.saved_at ?? clock() });
    } catch {
      say("failed");
      later(RETRY_AFTER);
    } finally {
      saving = false;
      if (waiting) {
        waiting();
      }
    }
  }

  form.addEventListener("input", onChange);
  form.addEventListener("change", onChange);
  form.addEventListener("submit", (event) => {
    window.clearTimeout(timer);
    if (saving) {
      event.preventDefault();
      waiting = () => {
        waiting = null;
        form.requestSubmit(event.submitter);
      };
      return;
    }
    sent = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && saved !== changes) {
      event.preventDefault();
    }
  });
  // A phone that is put away may never come back to this page.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      save();
    }
  });
}

function draft(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data.entries()]) {
    if (value instanceof File) {
      data.delete(name);
    }
  }
  return data;
}

function clock() {
  return new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai" }).format(new Date());
}

// The editor of technical parameters: add, remove, and spread cells pasted from a sheet over the rows.
import { fill, fresh } from "./hooks.js";
import { parseSpecRows } from "./spec-paste.js";

// Forms may use words or signs for the operators; both are recognised in the select's own options.
const CODES = {
  ge: ["ge", ">=", "≥"],
  le: ["le", "<=", "≤"],
  gt: ["gt", ">"],
  lt: ["lt", "<"],
  eq: ["eq", "="],
  range: ["range", "~", "～"],
  contains: ["contains"],
};

export function enhance(root) {
  for (const editor of fresh(root, "[data-spec-editor]")) {
    const body = editor.querySelector("[data-spec-body]");
    editor.querySelector("[data-spec-add]").addEventListener("click", () => focusRow(addRow(editor)));
    editor.addEventListener("click", (event) => {
      const button = event.target.closest("[data-spec-remove]");
      if (button) {
        removeRow(editor, button.closest("[data-spec-row]"));
      }
    });
    editor.addEventListener("change", (event) => {
      const row = event.target.closest("[data-spec-row]");
      if (row && event.target.matches("select")) {
        markRange(row);
      }
    });
    editor.addEventListener("keydown", (event) => onKey(editor, event));
    editor.addEventListener("paste", (event) => onPaste(editor, event));
    body.querySelectorAll("[data-spec-row]").forEach(markRange);
  }
}

function part(row, name) {
  return row.querySelector(`[name$="-${name}"]`);
}

function addRow(editor) {
  const number = Number(editor.dataset.specNext);
  editor.dataset.specNext = String(number + 1);
  const body = editor.querySelector("[data-spec-body]");
  const markup = editor.querySelector("[data-spec-template]").innerHTML;
  const holder = document.createElement("tbody");
  holder.innerHTML = markup.replaceAll("__index__", String(number)).replaceAll("__number__", String(body.rows.length + 1));
  const row = holder.firstElementChild;
  body.append(row);
  markRange(row);
  return row;
}

function focusRow(row) {
  part(row, "parameter").focus();
}

function removeRow(editor, row) {
  const neighbour = row.nextElementSibling ?? row.previousElementSibling ?? addRow(editor);
  row.remove();
  focusRow(neighbour);
  changed(editor);
  editor.querySelector("[data-spec-status]").textContent = editor.dataset.removed;
}

function isRange(row) {
  return CODES.range.includes(part(row, "operator").value);
}

function markRange(row) {
  row.toggleAttribute("data-range", isRange(row));
}

function onKey(editor, event) {
  const row = event.target.closest("[data-spec-row]");
  if (!row || event.isComposing) {
    return;
  }
  if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    focusRow(row.nextElementSibling ?? addRow(editor));
  } else if (event.key === "Backspace" && event.altKey) {
    event.preventDefault();
    removeRow(editor, row);
  }
}

function isEmpty(row) {
  return ["parameter", "value", "value_high", "unit", "standard"].every((name) => part(row, name).value.trim() === "");
}

function onPaste(editor, event) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const start = event.target.closest("[data-spec-row]");
  // One cell without a tab or a line break is an ordinary paste.
  if (!start || !/[\t\n]/.test(text.trim())) {
    return;
  }
  const rows = parseSpecRows(text);
  if (rows.length === 0) {
    return;
  }
  event.preventDefault();
  let row = isEmpty(start) ? start : nextEmpty(editor, start);
  for (const values of rows) {
    write(row ?? (row = addRow(editor)), values);
    row = nextEmpty(editor, row, false);
  }
  changed(editor);
  editor.querySelector("[data-spec-status]").textContent = fill(editor.dataset.pasted, { count: rows.length });
}

function nextEmpty(editor, row, create = true) {
  for (let next = row.nextElementSibling; next; next = next.nextElementSibling) {
    if (isEmpty(next)) {
      return next;
    }
  }
  return create ? addRow(editor) : null;
}

function write(row, values) {
  for (const name of ["parameter", "value", "value_high", "unit", "standard"]) {
    part(row, name).value = values[name];
  }
  const select = part(row, "operator");
  const option = [...select.options].find((candidate) => CODES[values.operator].includes(candidate.value));
  if (option) {
    select.value = option.value;
  }
  const must = part(row, "must");
  if (must) {
    must.checked = values.must;
  }
  markRange(row);
}

function changed(editor) {
  editor.dispatchEvent(new Event("input", { bubbles: true }));
}

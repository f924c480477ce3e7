// A drop area around an ordinary file input: shows names and sizes, refuses what the server would refuse anyway.
import { fill, fresh } from "./hooks.js";

export function enhance(root) {
  for (const area of fresh(root, "[data-file-drop]")) {
    const input = area.querySelector('input[type="file"]');
    const zone = area.querySelector(".file-drop-zone");
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.add("is-over");
      });
    }
    zone.addEventListener("dragleave", (event) => {
      if (!zone.contains(event.relatedTarget)) {
        zone.classList.remove("is-over");
      }
    });
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("is-over");
      const dropped = [...event.dataTransfer.files];
      setFiles(input, input.multiple ? dropped : dropped.slice(0, 1));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    input.addEventListener("change", () => show(area, input));
    show(area, input);
  }
}

function setFiles(input, files) {
  const transfer = new DataTransfer();
  for (const file of files) {
    transfer.items.add(file);
  }
  input.files = transfer.files;
}

export function sizeText(bytes) {
  if (bytes < 1024 * 1024) {
    return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  }
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function problemOf(area, input, file) {
  const limit = Number(area.dataset.megabytes);
  const suffixes = input.accept.split(",").map((suffix) => suffix.trim().toLowerCase()).filter((suffix) => suffix.startsWith("."));
  if (suffixes.length && !suffixes.some((suffix) => file.name.toLowerCase().endsWith(suffix))) {
    return fill(area.dataset.wrongKind, { name: file.name, accept: suffixes.join(" ") });
  }
  if (file.size > limit * 1024 * 1024) {
    return fill(area.dataset.tooLarge, { name: file.name, size: sizeText(file.size), limit });
  }
  return null;
}

function show(area, input) {
  const list = area.querySelector("[data-file-list]");
  const files = [...input.files];
  const good = files.filter((file) => problemOf(area, input, file) === null);
  if (good.length < files.length) {
    setFiles(input, good);
  }
  list.replaceChildren(...files.map((file) => line(area, input, file)));
  area.classList.toggle("has-files", good.length > 0);
}

function line(area, input, file) {
  const item = document.createElement("li");
  const problem = problemOf(area, input, file);
  const name = document.createElement("span");
  name.textContent = problem ?? file.name;
  item.append(name);
  if (problem) {
    item.className = "file-refused";
    return item;
  }
  const size = document.createElement("span");
  size.className = "file-size";
  size.textContent = sizeText(file.size);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "btn btn-quiet btn-small";
  remove.textContent = area.dataset.remove;
  remove.setAttribute("aria-label", `${area.dataset.remove} ${file.name}`);
  remove.addEventListener("click", () => {
    setFiles(input, [...input.files].filter((other) => other !== file));
    show(area, input);
    input.focus();
  });
  item.append(size, remove);
  return item;
}

// Choosing many: one box for all of them, Shift for a range, and a bar that says how many. What was ticked one by one is
// not lost to the box for all: pressed on, it goes from all over none back to those.
import { fill, fresh } from "./hooks.js";

export function enhance(root) {
  for (const form of fresh(root, "form[data-batch]")) {
    const all = form.querySelector("[data-batch-all]");
    const items = () => [...form.querySelectorAll("[data-batch-item]")];
    let last = null;
    let single = [];
    const update = () => {
      const boxes = items();
      const chosen = boxes.filter((box) => box.checked).length;
      if (all) {
        all.checked = chosen > 0 && chosen === boxes.length;
        all.indeterminate = chosen > 0 && chosen < boxes.length;
      }
      const bar = form.querySelector("[data-batch-bar]");
      bar?.classList.toggle("is-active", chosen > 0);
      for (const button of bar?.querySelectorAll("button[type='submit']") ?? []) {
        button.disabled = chosen === 0;
      }
      const count = form.querySelector("[data-batch-count]");
      if (count) {
        count.dataset.idle ??= count.textContent;
        count.textContent = chosen ? fill(count.dataset.template, { count: chosen }) : count.dataset.idle;
      }
    };
    form.addEventListener("click", (event) => {
      if (!event.target.matches("[data-batch-item]")) {
        return;
      }
      const boxes = items();
      if (event.shiftKey && last) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(event.target)].sort((one, other) => one - other);
        for (const box of boxes.slice(from, to + 1)) {
          box.checked = event.target.checked;
        }
      }
      last = event.target;
    });
    // Whoever writes on a line means that line.
    form.addEventListener("input", (event) => {
      const line = event.target.dataset.batchChoose;
      const box = line && items().find((item) => item.value === line);
      if (box) {
        box.checked = true;
        update();
      }
    });
    form.addEventListener("change", (event) => {
      if (event.target === all) {
        const boxes = items();
        const chosen = boxes.filter((box) => box.checked);
        const back = all.checked && chosen.length === 0 ? single : [];
        single = all.checked ? chosen : single;
        for (const box of boxes) {
          box.checked = back.length ? back.includes(box) : all.checked;
        }
      } else if (event.target.matches("[data-batch-item]")) {
        single = [];
      }
      update();
    });
    update();
  }
}

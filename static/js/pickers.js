// Long selects become searchable. Without scripts they stay ordinary selects.
import { fresh } from "./hooks.js";

export function enhance(root) {
  for (const select of fresh(root, "select[data-picker]")) {
    const multiple = select.dataset.picker === "multiple";
    // tom-select builds its own control: carry the error and help sentences over to it.
    const described = select.getAttribute("aria-describedby");
    const picker = new window.TomSelect(select, {
      plugins: multiple ? ["remove_button"] : [],
      maxOptions: 500,
      hideSelected: false,
      closeAfterSelect: !multiple,
      render: { no_results: null },
    });
    // The label now names the new control; the select behind it only carries the value.
    select.setAttribute("aria-hidden", "true");
    if (described) {
      picker.control_input.setAttribute("aria-describedby", described);
    }
    picker.on("change", () => select.dispatchEvent(new Event("input", { bubbles: true })));
  }
}

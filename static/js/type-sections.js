// A need's form shows the parts that its type has: <form data-type-sections='{"finance": []}'> with a select type_key, and
// <section data-type-section="delivery">. A part in which something was said stays: nothing typed is out of sight.
import { fresh } from "./hooks.js";

export function enhance(root) {
  for (const form of fresh(root, "form[data-type-sections]")) {
    const sections = JSON.parse(form.dataset.typeSections);
    const parts = [...form.querySelectorAll("[data-type-section]")];
    const show = () => {
      const own = sections[form.elements.type_key.value];
      for (const part of parts) {
        part.hidden = own !== undefined && !own.includes(part.dataset.typeSection) && !part.hasAttribute("data-said");
        const link = document.querySelector(`[data-outline] a[href="#${part.id}"]`);
        link?.parentElement.toggleAttribute("hidden", part.hidden);
      }
    };
    for (const part of parts) {
      part.addEventListener("input", () => part.setAttribute("data-said", ""));
    }
    form.elements.type_key.addEventListener("change", show);
  }
}

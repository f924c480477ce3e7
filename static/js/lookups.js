// A box whose value is a code that is found by typing: the server answers with a few entries of a long list.
// Without scripts it stays an ordinary box that takes the code or the full name.
import { fresh } from "./hooks.js";

async function found(address, query) {
  const answer = await fetch(`${address}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : [];
}

export function enhance(root) {
  for (const box of fresh(root, "input[data-lookup]")) {
    const described = box.getAttribute("aria-describedby");
    const chosen = box.value ? [{ value: box.value, text: box.dataset.lookupLabel || box.value }] : [];
    const picker = new window.TomSelect(box, {
      maxItems: 1,
      create: false,
      valueField: "value",
      labelField: "text",
      searchField: [],
      options: chosen,
      items: chosen.map((entry) => entry.value),
      preload: "focus",
      loadThrottle: 250,
      shouldLoad: () => true,
      // The server has ranked them; every entry that it sent is shown, in its order.
      score: () => () => 1,
      sortField: [{ field: "$order" }],
      load(query, done) {
        found(box.dataset.lookup, query).then(
          (entries) => {
            this.clearOptions();
            done(entries);
          },
          () => done(),
        );
      },
      render: { no_results: null, not_loading: null },
    });
    // The label names the new control; the box behind it only carries the code.
    box.setAttribute("aria-hidden", "true");
    if (described) {
      picker.control_input.setAttribute("aria-describedby", described);
    }
    picker.on("change", () => box.dispatchEvent(new Event("input", { bubbles: true })));
  }
}

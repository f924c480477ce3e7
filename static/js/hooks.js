// Elements below root (root included) that carry a hook and were not taken care of by this module yet.
const seen = new WeakMap();

export function fresh(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) {
    found.unshift(root);
  }
  return found.filter((element) => {
    const hooks = seen.get(element) ?? new Set();
    if (hooks.has(selector)) {
      return false;
    }
    seen.set(element, hooks.add(selector));
    return true;
  });
}

// The page's sentences come from data-* attributes in the reader's language; {name} marks a place to fill.
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function isTyping(target) {
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

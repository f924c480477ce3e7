// The outline of a long form follows the reader: the section in view is marked.
import { fresh } from "./hooks.js";

export function enhance(root) {
  for (const outline of fresh(root, "[data-outline]")) {
    const links = [...outline.querySelectorAll('a[href^="#"]')];
    const bySection = new Map(links.map((link) => [document.getElementById(link.hash.slice(1)), link]));
    bySection.delete(null);
    const inView = new Set();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          inView[entry.isIntersecting ? "add" : "delete"](entry.target);
        }
        const first = [...bySection.keys()].find((section) => inView.has(section));
        for (const [section, link] of bySection) {
          link.toggleAttribute("data-here", section === first);
        }
      },
      { rootMargin: "-80px 0px -55% 0px" },
    );
    bySection.forEach((_link, section) => observer.observe(section));
  }
}

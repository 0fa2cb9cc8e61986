// <fw-shortcuts>: lists the keys of what is on the screen when its dialog opens.
import { isShown } from "./keys.js";

const FIXED = [
  ["Search or go to", "Ctrl K"],
  ["Next or previous row", "J K"],
  ["Open the row", "Enter"],
  ["Select the row", "X"],
  ["Edit a value", "E"],
  ["Close", "Esc"],
];

class Shortcuts extends HTMLElement {
  connectedCallback() {
    this.observer = new MutationObserver(() => this.closest("dialog").open && this.list());
    this.observer.observe(this.closest("dialog"), { attributeFilter: ["open"] });
  }

  disconnectedCallback() {
    this.observer.disconnect();
  }

  list() {
    const seen = new Map();
    const here = (one) => isShown(one) || one.closest("#rail");
    for (const one of [...document.querySelectorAll("[data-hotkey]")].filter(here)) seen.set(one.dataset.hotkey, one.dataset.hotkeyLabel || one.textContent.trim());
    const grid = document.querySelector("fw-grid");
    const fixed = FIXED.filter(([, keys]) => grid || keys === "Ctrl K" || keys === "Esc");
    const rows = [...fixed, ...[...seen].map(([keys, label]) => [label, keys])];
    this.querySelector("dl").replaceChildren(...rows.map(([label, keys]) => this.row(label, keys)));
  }

  row(label, keys) {
    const make = (name, ...inside) => {
      const made = document.createElement(name);
      made.append(...inside);
      return made;
    };
    const caps = keys.split(" ").map((key) => make("kbd", key.length === 1 ? key.toUpperCase() : key));
    const list = make("dd", ...caps);
    list.className = "keys";
    return make("div", make("dt", label), list);
  }
}

customElements.define("fw-shortcuts", Shortcuts);

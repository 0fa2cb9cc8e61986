// <fw-menu>: a button and its popover. The browser opens it; this places it and moves the focus.
import { wrap } from "./keys.js";

class Menu extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.list = this.querySelector("[popover]");
    this.list.addEventListener("toggle", (event) => this.toggled(event.newState === "open"));
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => {
      if (event.target.closest("[role=menuitem]:not([aria-disabled])")) this.list.hidePopover();
    });
  }

  get items() {
    return [...this.list.querySelectorAll("[role^=menuitem], button")];
  }

  toggled(isOpen) {
    this.button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    this.put();
    this.items[0]?.focus();
  }

  /** Below the button, or above where there is no room. */
  put() {
    const at = this.button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.list;
    const left = this.dataset.align === "start" ? at.left : at.right - width;
    const top = at.bottom + 4 + height > window.innerHeight && at.top > height ? at.top - height - 4 : at.bottom + 4;
    this.list.style.left = `${Math.min(Math.max(8, left), window.innerWidth - width - 8)}px`;
    this.list.style.top = `${Math.max(8, Math.min(top, window.innerHeight - height - 8))}px`;
  }

  key(event) {
    const items = this.items;
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: wrap(at + 1, items.length), ArrowUp: wrap(at - 1, items.length), Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items[to].focus();
    } else if (event.key === "Tab") {
      this.list.hidePopover();
    } else if (/^\S$/.test(event.key)) {
      const begins = (item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase());
      [...items.slice(at + 1), ...items].find(begins)?.focus();
    }
  }
}

customElements.define("fw-menu", Menu);

// <fw-edit data-url="…">: a click, Enter or E asks the server for a form in place of the value; Esc brings the value
// back; the answer to the form replaces the whole element.
import { isCovered, isTyping, shortcutsAreOn } from "./keys.js";

class Edit extends HTMLElement {
  connectedCallback() {
    this.rest = this.innerHTML;
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOpen) {
        event.preventDefault();
        event.stopPropagation();
        this.cancel();
      }
    });
    // A form swapped in by htmx takes the focus where the hand is.
    this.addEventListener("htmx:afterSwap", () => this.querySelector("form :is(input:not([type=hidden]), select, textarea)")?.focus());
  }

  get isOpen() {
    return Boolean(this.querySelector("form"));
  }

  click(event) {
    if (event.target.closest('[data-close="edit"]')) this.cancel();
    else if (!this.isOpen && !event.target.closest("a")) this.open();
  }

  open() {
    window.htmx.ajax("GET", this.dataset.url, { target: this, swap: "innerHTML", source: this });
  }

  cancel() {
    this.innerHTML = this.rest;
    this.querySelector(".editable-button")?.focus();
  }
}

customElements.define("fw-edit", Edit);

// E edits what the pointer or the focus is on; otherwise the first thing in the drawer, then on the page.
document.addEventListener("keydown", (event) => {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (event.key !== "e" || modified || event.defaultPrevented || isTyping(event) || isCovered() || !shortcutsAreOn()) return;
  const near = document.querySelector("fw-edit:hover, fw-edit:focus-within");
  const target = near || document.querySelector("#drawer fw-edit") || document.querySelector("#main fw-edit");
  if (target && !target.isOpen) {
    event.preventDefault();
    target.open();
  }
});

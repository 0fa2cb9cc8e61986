// <fw-edit data-url="…">: a click or E asks the server for a form in place of the value; Esc brings the value back.
import { isFree, shortcutsAreOn } from "./keys.js";

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
    const first = "form :is(input:not([type=hidden]), select, textarea)";
    this.addEventListener("htmx:afterSwap", () => this.querySelector(first)?.focus());
  }

  get isOpen() {
    return Boolean(this.querySelector("form"));
  }

  click(event) {
    if (event.target.closest('[data-close="edit"]')) this.cancel();
    else if (this.isOpen || event.target.closest("a")) return;
    else if (!("byButton" in this.dataset) || event.target.closest(".editable-button")) this.open();
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

// E edits what the pointer or focus is on, or the first value in the drawer, then on the page.
document.addEventListener("keydown", (event) => {
  if (event.key !== "e" || !isFree(event) || !shortcutsAreOn()) return;
  const near = document.querySelector("fw-edit:hover, fw-edit:focus-within");
  const target = near || document.querySelector("#drawer fw-edit") || document.querySelector("#main fw-edit");
  if (target && !target.isOpen) {
    event.preventDefault();
    target.open();
  }
});

// <fw-combo data-source="…">: a hidden field with the value, a text field to search by, options from the server.
// Fires `fw:chosen` with {value, label}.
import { Options } from "./options.js";

class Combo extends HTMLElement {
  connectedCallback() {
    this.value = this.querySelector("input[type=hidden]");
    this.input = this.querySelector("[role=combobox]");
    this.list = this.querySelector("[role=listbox]");
    this.shown = this.input.value;
    this.options = new Options(this.input, this.list, (option) => this.choose(option));
    const hear = (name, act) => this.input.addEventListener(name, act);
    hear("input", () => this.ask());
    hear("focus", () => this.input.select());
    hear("keydown", (event) => this.key(event));
    hear("blur", () => this.settle());
  }

  ask() {
    clearTimeout(this.timer);
    const mark = this.dataset.source.includes("?") ? "&" : "?";
    const address = `${this.dataset.source}${mark}q=${encodeURIComponent(this.input.value)}`;
    this.timer = setTimeout(async () => {
      await this.options.load(address);
      this.show(document.activeElement === this.input);
    }, 120);
  }

  show(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (this.list.hidden) {
      if (event.key === "ArrowDown") this.ask();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.show(false);
    } else {
      this.options.key(event);
    }
  }

  choose(option) {
    this.set(option.dataset.value, option.dataset.label);
    this.show(false);
  }

  set(value, label) {
    this.value.value = value;
    this.input.value = this.shown = label;
    this.value.dispatchEvent(new Event("change", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("fw:chosen", { bubbles: true, detail: { value, label } }));
  }

  /** Text that was not chosen means nothing: it goes back to what was, or empties the field. */
  settle() {
    this.show(false);
    if (this.input.value.trim() === "" && this.value.value) this.set("", "");
    else this.input.value = this.shown;
  }
}

customElements.define("fw-combo", Combo);

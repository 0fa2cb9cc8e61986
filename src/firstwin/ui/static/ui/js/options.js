// A list of role="option" driven from a text field: what the command bar and the combobox share.
import { wrap } from "./keys.js";

export class Options {
  constructor(input, list, choose) {
    this.input = input;
    this.list = list;
    this.choose = choose;
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]:not([aria-disabled])");
      if (option) this.choose(option, event);
    });
  }

  get all() {
    return [...this.list.querySelectorAll("[role=option]:not([aria-disabled])")];
  }

  get current() {
    return this.list.querySelector("[aria-selected=true]");
  }

  async load(address) {
    this.request?.abort();
    this.request = new AbortController();
    try {
      const response = await fetch(address, { headers: { "HX-Request": "true" }, signal: this.request.signal });
      if (!response.ok) return;
      this.list.innerHTML = await response.text();
      this.all.forEach((option, index) => (option.id ||= `${this.list.id}-${index}`));
      this.mark(0);
    } catch (error) {
      if (error.name !== "AbortError") this.list.textContent = "No connection. Try again.";
    }
  }

  mark(index) {
    const all = this.all;
    this.current?.setAttribute("aria-selected", "false");
    this.input.removeAttribute("aria-activedescendant");
    if (!all.length) return;
    const option = all[wrap(index, all.length)];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  /** Whether the key was used. */
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark(this.all.indexOf(this.current) + step);
    else if (event.key === "Enter" && this.current) this.choose(this.current, event);
    else return false;
    event.preventDefault();
    return true;
  }
}

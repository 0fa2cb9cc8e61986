// <fw-command-bar data-source="/commands/"> inside <dialog id="command-bar">: Ctrl or Cmd K opens it from anywhere.
import { Options } from "./options.js";

class CommandBar extends HTMLElement {
  connectedCallback() {
    this.dialog = this.closest("dialog");
    this.input = this.querySelector("input");
    this.options = new Options(this.input, this.querySelector("[role=listbox]"), (option, event) => this.go(option, event));
    this.input.addEventListener("input", () => this.ask(120));
    this.input.addEventListener("keydown", (event) => this.options.key(event));
    this.ends = new AbortController();
    document.addEventListener("keydown", (event) => this.summon(event), { signal: this.ends.signal });
    this.dialog.addEventListener("fw:open", () => this.show());
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  summon(event) {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    this.dialog.open ? this.dialog.close() : this.show();
  }

  show() {
    if (!this.dialog.open) this.dialog.showModal();
    this.input.select();
    this.ask(0);
  }

  ask(delay) {
    clearTimeout(this.timer);
    const address = `${this.dataset.source}?q=${encodeURIComponent(this.input.value)}`;
    this.timer = setTimeout(() => this.options.load(address), delay);
  }

  go(option, event) {
    this.dialog.close();
    window.open(option.dataset.url, event.ctrlKey || event.metaKey ? "_blank" : "_self");
  }
}

customElements.define("fw-command-bar", CommandBar);
if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const cap of document.querySelectorAll("[data-mod]")) cap.textContent = "⌘";
}

// <fw-draft data-key="touch:acme"> around a form: what was typed survives a reload or a lost connection. It is dropped
// when the form was accepted, and never holds passwords, files or hidden fields.
const SKIP = "[type=password], [type=file], [type=hidden], [type=submit], [autocomplete=one-time-code]";

class Draft extends HTMLElement {
  connectedCallback() {
    this.store = `draft:${this.dataset.key || location.pathname}`;
    this.form = this.querySelector("form");
    this.bring();
    this.addEventListener("input", () => this.keep());
    this.addEventListener("change", () => this.keep());
    this.addEventListener("htmx:afterRequest", (event) => event.detail.successful && this.drop());
    this.addEventListener("reset", () => this.drop());
    this.querySelector("[data-close]")?.addEventListener("click", () => this.drop());
  }

  get fields() {
    return [...this.querySelectorAll("input, select, textarea")].filter((field) => field.name && !field.matches(SKIP));
  }

  keep() {
    const kept = this.fields.map((field) => [field.name, field.value, field.checked ?? null]);
    sessionStorage.setItem(this.store, JSON.stringify(kept));
  }

  /** What the server sent back after a mistake is newer than the draft. */
  bring() {
    const kept = JSON.parse(sessionStorage.getItem(this.store) || "null");
    if (!kept || this.querySelector("[data-invalid]")) return;
    const fields = this.fields;
    kept.forEach(([name, value, checked], index) => {
      const field = fields[index];
      if (!field || field.name !== name) return;
      if (field.matches("[type=checkbox], [type=radio]")) field.checked = field.value === value && checked;
      else field.value = value;
    });
  }

  drop() {
    sessionStorage.removeItem(this.store);
  }
}

customElements.define("fw-draft", Draft);

// A plain post that ends in a redirect was accepted: the next page names the drafts to drop in a meta tag.
for (const done of document.querySelectorAll("meta[name=draft-done]")) sessionStorage.removeItem(`draft:${done.content}`);

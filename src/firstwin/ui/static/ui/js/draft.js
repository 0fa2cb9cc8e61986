// <fw-draft data-key="touch:acme"> keeps what was typed over a reload until its form is accepted.
const SKIP = "[type=password], [type=file], [type=hidden], [type=submit], [autocomplete=one-time-code]";

class Draft extends HTMLElement {
  connectedCallback() {
    this.store = `draft:${this.dataset.key || location.pathname}`;
    this.form = this.querySelector("form");
    this.bring();
    for (const name of ["input", "change"]) this.addEventListener(name, () => this.keep());
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

  /** After a mistake, what the server sent back is newer. */
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

// After a plain post and a redirect the next page names the drafts to drop.
for (const done of document.querySelectorAll("meta[name=draft-done]")) sessionStorage.removeItem(`draft:${done.content}`);

// <fw-theme data-url="…">: system, light or dark, at once; posted to the address when there is one.
class Theme extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[value]");
      if (button) this.choose(button.value);
    });
    this.mark();
  }

  choose(theme) {
    document.documentElement.dataset.theme = theme;
    for (const one of document.querySelectorAll("fw-theme")) one.mark();
    if (this.dataset.url) window.htmx.ajax("POST", this.dataset.url, { values: { theme }, swap: "none", source: this });
  }

  mark() {
    const now = document.documentElement.dataset.theme;
    for (const button of this.querySelectorAll("button[value]")) button.setAttribute("aria-pressed", String(button.value === now));
  }
}

customElements.define("fw-theme", Theme);

// <fw-selection data-for="grid" data-form="bulk">: appears when rows are ticked, counts them, hands their keys to the form.
class Selection extends HTMLElement {
  connectedCallback() {
    this.grid = document.getElementById(this.dataset.for);
    this.form = document.getElementById(this.dataset.form);
    this.ends = new AbortController();
    const { signal } = this.ends;
    this.grid.addEventListener("change", (event) => this.changed(event), { signal });
    this.form?.addEventListener("formdata", (event) => this.hand(event.formData), { signal });
    this.querySelector("[data-clear]").addEventListener("click", () => this.clear(), { signal });
    this.count();
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  get boxes() {
    return [...this.grid.querySelectorAll("tbody input[name=row]")];
  }

  get ticked() {
    return this.boxes.filter((box) => box.checked);
  }

  changed(event) {
    if (event.target.matches?.("[data-check-all]")) for (const box of this.boxes) box.checked = event.target.checked;
    this.count();
  }

  count() {
    const number = this.ticked.length;
    this.hidden = number === 0;
    this.querySelector(".bulk-count").textContent = `${number} ${number === 1 ? this.dataset.noun : this.dataset.nouns}`;
    const all = this.grid.querySelector("[data-check-all]");
    if (all) {
      all.checked = number > 0 && number === this.boxes.length;
      all.indeterminate = number > 0 && number < this.boxes.length;
    }
    const matching = this.querySelector("[name=all_matching]");
    if (matching && number === 0) matching.checked = false;
  }

  hand(data) {
    if (data.getAll("row").length) return; // the boxes already stand in the form
    for (const box of this.ticked) data.append("row", box.value);
  }

  clear() {
    for (const box of this.ticked) box.checked = false;
    this.count();
  }
}

customElements.define("fw-selection", Selection);

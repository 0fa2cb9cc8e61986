// <fw-grid data-name="list">: J/K and arrows move, the drawer follows (data-drawer), Enter opens (data-href), X ticks,
// Shift+X a range. The place is given back on return.
import { isFree, shortcutsAreOn } from "./keys.js";

const REST = 90;

class Grid extends HTMLElement {
  connectedCallback() {
    this.scroller = this.querySelector(".grid-scroll");
    this.place = `grid:${location.pathname}:${this.dataset.name}`;
    this.ends = new AbortController();
    const { signal } = this.ends;
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("fw:drawer-closed", () => this.current && this.scroller.focus({ preventScroll: true }), { signal });
    window.addEventListener("pagehide", () => this.remember(), { signal });
    this.addEventListener("click", (event) => this.click(event), { signal });
    this.giveBack();
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  get rows() {
    return [...this.querySelectorAll("tbody > tr[data-key]")];
  }

  get current() {
    return this.querySelector("tr[aria-current]");
  }

  key(event) {
    if (!isFree(event)) return;
    if (event.target.closest?.("a, button, input, summary") && event.key === "Enter") return;
    const inside = this.contains(event.target) || event.target.matches?.("body, #main");
    const letters = shortcutsAreOn() ? { j: 1, k: -1 } : {};
    const step = letters[event.key] || (inside ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : 0);
    if (step) this.move(step);
    else if (event.key === "Enter" && this.current && inside) this.open(this.current);
    else if (event.key.toLowerCase() === "x" && shortcutsAreOn() && this.current) this.tick(event.shiftKey);
    else return;
    event.preventDefault();
  }

  move(step) {
    const rows = this.rows;
    const at = rows.indexOf(this.current);
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
    if (next) this.select(next, { follow: true });
  }

  select(row, { follow = false } = {}) {
    this.current?.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    clearTimeout(this.timer);
    // Holding J runs through the list; the drawer is asked for where it comes to rest.
    if (follow && row.dataset.drawer && window.innerWidth >= 700) this.timer = setTimeout(() => this.preview(row), REST);
  }

  preview(row) {
    window.htmx.ajax("GET", row.dataset.drawer, { target: "#drawer", swap: "innerHTML", source: row });
  }

  open(row) {
    const link = row.dataset.href || row.querySelector("a[href]")?.href;
    if (link) window.location.assign(link);
  }

  tick(isRange) {
    const rows = this.rows;
    const at = rows.indexOf(this.current);
    const from = isRange && this.lastTicked >= 0 ? this.lastTicked : at;
    const box = (row) => row.querySelector("input[name=row]");
    if (!box(this.current)) return;
    const isOn = isRange || !box(this.current).checked;
    for (const row of rows.slice(Math.min(from, at), Math.max(from, at) + 1)) box(row).checked = isOn;
    this.lastTicked = at;
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  click(event) {
    const row = event.target.closest("tbody > tr[data-key]");
    if (!row || event.target.closest("a, button, input, label, select, [data-kind=check]")) return;
    if (!window.getSelection().isCollapsed) return;
    this.select(row);
    if (row.dataset.drawer && window.innerWidth >= 700) this.preview(row);
    else this.open(row);
  }

  remember() {
    const key = this.current?.dataset.key ?? "";
    sessionStorage.setItem(this.place, JSON.stringify({ key, top: this.scroller.scrollTop, search: location.search }));
  }

  giveBack() {
    const kept = JSON.parse(sessionStorage.getItem(this.place) || "null");
    if (!kept || kept.search !== location.search) return;
    const row = this.rows.find((one) => one.dataset.key === kept.key);
    if (row) this.select(row);
    this.scroller.scrollTop = kept.top;
  }
}

customElements.define("fw-grid", Grid);

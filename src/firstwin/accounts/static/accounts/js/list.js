// The account list by keyboard: Right and Left go through what can be edited in the row, J and K go on over the pages.
import { isFree, shortcutsAreOn } from "../../ui/js/keys.js";

const ENTER = "list:enter";
const current = () => document.querySelector("#grid tr[aria-current]");

function toRows() {
  const rows = document.querySelector("#grid .grid-scroll");
  rows?.focus({ preventScroll: true });
  return Boolean(rows);
}

function aside(step) {
  const pencils = [...(current()?.querySelectorAll(".editable-button") ?? [])];
  const at = pencils.indexOf(document.activeElement);
  const to = at < 0 ? (step > 0 ? 0 : pencils.length - 1) : Math.min(Math.max(0, at + step), pencils.length - 1);
  pencils[to]?.focus();
  return pencils.length > 0;
}

function onward(step) {
  const row = current();
  const link = document.querySelector(`#list .pager a[rel=${step > 0 ? "next" : "prev"}]`);
  const end = step > 0 ? row?.nextElementSibling : row?.previousElementSibling;
  if (!row || end || !link) return false;
  sessionStorage.setItem(ENTER, step > 0 ? "j" : "k");
  link.click();
  return true;
}

document.addEventListener(
  "keydown",
  (event) => {
    // Down from the search goes to what was found.
    if (event.key === "ArrowDown" && event.target.matches?.("#list input[type=search]") && toRows()) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
      event.preventDefault();
      return;
    }
    // The hand is on the rows now: Enter must open the row, not the link that had the focus before.
    if (isFree(event) && shortcutsAreOn() && "jk".includes(event.key)) toRows();
    if (!isFree(event) || !current() || !shortcutsAreOn()) return;
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const step = { j: 1, k: -1 }[event.key];
    if ((side && aside(side)) || (step && onward(step))) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  true,
);

// Arrived from the end of another page: stand on the row where the walk goes on.
const key = sessionStorage.getItem(ENTER);
sessionStorage.removeItem(ENTER);
if (key && document.querySelector("#grid")) {
  customElements.whenDefined("fw-grid").then(() => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));
}

// Where Esc on an account's page comes back to.
window.addEventListener("pagehide", () => sessionStorage.setItem("list:last", location.href));

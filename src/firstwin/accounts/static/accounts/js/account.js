// What the account page adds to the elements every page has.
const LETTERS = "[data-letter]";

// Ctrl or Cmd with Enter sends the form one writes in.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form[data-send]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});

// On the kinds of a touch the first letter chooses, and the hand goes on to the words.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches?.(LETTERS)) return;
  const form = event.target.form;
  const kind = form.querySelector(`[data-letter="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!kind) return;
  event.preventDefault();
  kind.checked = true;
  kind.dispatchEvent(new Event("change", { bubbles: true }));
  form.querySelector("textarea").focus();
});

// What was saved closes its form and leaves it empty for the next time.
for (const [event, id] of [["touch:logged", "log-touch"], ["note:added", "add-note"]]) {
  document.addEventListener(event, () => {
    const dialog = document.getElementById(id);
    dialog?.querySelector("form")?.reset();
    dialog?.close();
  });
}

// After the page was drawn anew the focus goes back to where it was: the same value, or the same button.
let place = "";
document.addEventListener("htmx:beforeRequest", (event) => {
  const from = event.detail.elt.closest("dd[id], [id^=event-], tr[data-key]");
  if (from?.id) place = from.id;
});
document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement !== document.body || !place) return;
  document.getElementById(place)?.querySelector("button, a")?.focus({ preventScroll: true });
  place = "";
});

// A branch of the tree opens and closes; it is asked for once.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-branch]");
  if (!button) return;
  const branch = document.getElementById(button.dataset.branch);
  branch.hidden = !branch.hidden;
  button.setAttribute("aria-expanded", String(!branch.hidden));
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// Esc goes back to the list one came from, with its filter and place; what is open closes first.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (event.target.closest?.("input, textarea, select, dialog, fw-edit form")) return;
  if (document.querySelector("dialog[open], :popover-open")) return;
  const list = document.querySelector('nav[aria-label="Breadcrumb"] a');
  if (!list) return;
  location.assign(sessionStorage.getItem("list:last") || list.href);
});

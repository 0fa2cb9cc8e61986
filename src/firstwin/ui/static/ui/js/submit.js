// One press, one request: a form that is on its way is not sent twice, and a button that is off does nothing.
import { say } from "./toast.js";

const LONGEST = 10000;

document.addEventListener("click", (event) => {
  const button = event.target.closest('[aria-disabled="true"]');
  if (!button) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (button.title) say({ message: button.title });
}, true);

document.addEventListener("submit", (event) => {
  const form = event.target;
  const via = form.closest("[hx-post], [hx-put], [hx-patch], [hx-delete], [hx-get]");
  if (via || form.method === "dialog" || form.method === "get") return; // htmx guards its own (see below)
  if (form.dataset.sent && Date.now() - form.dataset.sent < LONGEST) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = Date.now();
  event.submitter?.setAttribute("aria-busy", "true");
});

// Coming back with the back button shows the page as it was: nothing is on its way any more.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll('.button[type=submit][aria-busy="true"]')) button.removeAttribute("aria-busy");
});

// htmx: the element that asks is marked by its class; a second press meanwhile is dropped.
document.addEventListener("htmx:confirm", (event) => {
  const { elt: asker, verb } = event.detail;
  if (verb !== "get" && asker.classList.contains("htmx-request")) event.preventDefault();
});

document.addEventListener("htmx:sendError", () => say({ message: "No connection. What you typed is kept.", tone: "risk" }));
document.addEventListener("htmx:timeout", () => say({ message: "No answer in time. Try again.", tone: "risk" }));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (!xhr.getResponseHeader("HX-Trigger")) say({ message: `Something broke on our side (${xhr.status}). Nothing was changed.`, tone: "risk" });
});

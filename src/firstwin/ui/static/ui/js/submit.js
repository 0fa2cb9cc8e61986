// One press, one request; and a button that is off says why.
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
  if (form.method !== "post" || form.closest("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
  if (form.dataset.sent && Date.now() - form.dataset.sent < LONGEST) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = Date.now();
  event.submitter?.setAttribute("aria-busy", "true");
});

// Back with the back button: nothing is on its way any more.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll('.button[type=submit][aria-busy="true"]')) button.removeAttribute("aria-busy");
});

// An element whose htmx request is on its way drops the second press.
document.addEventListener("htmx:confirm", (event) => {
  const { elt: asker, verb } = event.detail;
  if (verb !== "get" && asker.classList.contains("htmx-request")) event.preventDefault();
});

const fail = (message) => say({ message, tone: "risk" });
document.addEventListener("htmx:sendError", () => fail("No connection. What you typed is kept."));
document.addEventListener("htmx:timeout", () => fail("No answer in time. Try again."));
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  if (!xhr.getResponseHeader("HX-Trigger")) fail(`Something broke on our side (${xhr.status}). Nothing was changed.`);
});

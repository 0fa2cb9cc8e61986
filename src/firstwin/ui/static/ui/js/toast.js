// <fw-toasts> shows the event `toast` ({message, undo, tone}) for 8 s; resting on it stops the clock.
const STAYS = 8000;
const MOST = 3;

export function say(detail) {
  document.dispatchEvent(new CustomEvent("toast", { detail }));
}

class Toasts extends HTMLElement {
  connectedCallback() {
    this.ends = new AbortController();
    document.addEventListener("toast", (event) => this.show(event.detail), { signal: this.ends.signal });
    for (const kept of this.querySelectorAll("[data-message]")) {
      this.show(kept.dataset);
      kept.remove();
    }
  }

  disconnectedCallback() {
    this.ends.abort();
  }

  show({ message, undo, tone }) {
    const toast = this.querySelector("template").content.firstElementChild.cloneNode(true);
    toast.dataset.tone = tone || "none";
    toast.querySelector(".toast-text").textContent = message;
    if (undo) this.offer(toast, undo);
    else toast.querySelector(".toast-undo").remove();
    toast.querySelector(".toast-close").addEventListener("click", () => toast.remove());
    this.append(toast);
    window.htmx?.process(toast);
    const all = this.querySelectorAll(".toast");
    if (all.length > MOST) all[0].remove();
    this.time(toast);
  }

  offer(toast, undo) {
    toast.setAttribute("hx-post", undo);
    toast.setAttribute("hx-swap", "none");
    toast.addEventListener("htmx:afterRequest", (event) => event.detail.successful && toast.remove());
  }

  time(toast) {
    let timer = 0;
    const stop = () => clearTimeout(timer);
    const start = () => {
      stop();
      timer = setTimeout(() => toast.remove(), STAYS);
    };
    for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, stop);
    for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, start);
    start();
  }
}

customElements.define("fw-toasts", Toasts);

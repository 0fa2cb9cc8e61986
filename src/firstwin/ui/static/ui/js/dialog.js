// <fw-dialog id="dialog">: swap something in and it opens; swap nothing in and it closes.
// data-open="shortcuts" opens that <dialog>; data-close="dialog" closes the nearest one.
class Dialog extends HTMLElement {
  connectedCallback() {
    this.box = this.closest("dialog");
    this.observer = new MutationObserver(() => this.follow());
    this.observer.observe(this, { childList: true });
    this.box.addEventListener("close", () => this.replaceChildren());
  }

  disconnectedCallback() {
    this.observer.disconnect();
  }

  follow() {
    const isFilled = this.textContent.trim() !== "" || this.querySelector("form");
    if (isFilled && !this.box.open) {
      this.box.showModal();
      const title = this.querySelector("h1, h2");
      if (title) this.box.setAttribute("aria-label", title.textContent.trim());
      this.querySelector("[autofocus]")?.focus();
    } else if (!isFilled && this.box.open) {
      this.box.close();
    }
  }
}

customElements.define("fw-dialog", Dialog);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.open);
    if (opener.closest("[popover]:popover-open")) opener.closest("[popover]").hidePopover();
    if (!dialog.open) dialog.showModal();
    dialog.dispatchEvent(new CustomEvent("fw:open"));
    return;
  }
  if (event.target.closest('[data-close="dialog"]')) event.target.closest("dialog")?.close();
  // The dimmed page beside the box belongs to the dialog element itself.
  if (event.target.matches("dialog[open]:not(#dialog-box)")) event.target.close();
});

// An action that finished answers with HX-Trigger: dialog:close.
document.addEventListener("dialog:close", () => document.getElementById("dialog-box")?.close());

// #drawer: what is previewed beside the list. Esc or data-close="drawer" empties it; focus goes back to the row.
import { isCovered, isTyping } from "./keys.js";

const region = () => document.getElementById("drawer");

export function closeDrawer() {
  const drawer = region();
  if (!drawer?.firstElementChild) return false;
  const hadFocus = drawer.contains(document.activeElement);
  drawer.replaceChildren();
  document.dispatchEvent(new CustomEvent("fw:drawer-closed", { detail: { hadFocus } }));
  return true;
}

class Drawer extends HTMLElement {
  connectedCallback() {
    // A narrow screen shows the preview alone: the keyboard must be inside it.
    if (window.matchMedia("(max-width: 699px)").matches) this.querySelector("a, button")?.focus();
  }
}

customElements.define("fw-drawer", Drawer);

document.addEventListener("click", (event) => {
  if (event.target.closest('[data-close="drawer"]')) closeDrawer();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || isCovered() || isTyping(event)) return;
  if (closeDrawer()) event.preventDefault();
});

// #drawer: what is previewed beside the list. Esc or data-close="drawer" empties it; focus goes back to the row.
import { isFree } from "./keys.js";

function closeDrawer() {
  const drawer = document.getElementById("drawer");
  if (!drawer?.firstElementChild) return false;
  drawer.replaceChildren();
  return document.dispatchEvent(new CustomEvent("fw:drawer-closed"));
}

class Drawer extends HTMLElement {
  connectedCallback() {
    // On a narrow screen the preview covers all: the keyboard must be inside it.
    if (this.closest("#drawer") && window.innerWidth < 700) this.querySelector("a, button")?.focus();
  }
}

customElements.define("fw-drawer", Drawer);

document.addEventListener("click", (event) => {
  if (event.target.closest('[data-close="drawer"]')) closeDrawer();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isFree(event) && closeDrawer()) event.preventDefault();
});

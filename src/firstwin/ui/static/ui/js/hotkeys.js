// data-hotkey="l" or "g a" on a visible button, link or field: the keys click it.
import { isFree, isShown, press, shortcutsAreOn } from "./keys.js";

const PAUSE = 1200;
let begun = "";
let began = 0;

const nameOf = ({ key }) => (key.length === 1 ? key.toLowerCase() : key);

// What was opened last lies on top.
function find(keys, starts) {
  const all = [...document.querySelectorAll("[data-hotkey]")].reverse();
  const fits = (element) => (starts ? element.dataset.hotkey.startsWith(`${keys} `) : element.dataset.hotkey === keys);
  return all.find((element) => fits(element) && isReachable(element));
}

/** The rail is hidden on a narrow screen, and still every place can be reached. */
function isReachable(element) {
  return !element.matches(":disabled, [aria-disabled=true]") && (isShown(element) || element.closest("#rail"));
}

function run(event) {
  const key = nameOf(event);
  const sequence = begun && Date.now() - began < PAUSE ? `${begun} ${key}` : "";
  begun = "";
  const element = (sequence && find(sequence)) || find(key);
  if (element) {
    event.preventDefault();
    press(element);
  } else if (find(key, true)) {
    begun = key;
    began = Date.now();
  }
}

document.addEventListener("keydown", (event) => {
  if (isFree(event) && shortcutsAreOn() && event.key !== "Shift") run(event);
});

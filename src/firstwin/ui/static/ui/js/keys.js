// Small questions several elements ask.

/** Whether a key press belongs to what is being typed into. */
function isTyping(event) {
  const target = event.composedPath()[0];
  return target.isContentEditable || target.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])");
}

export function shortcutsAreOn() {
  return document.documentElement.dataset.shortcuts !== "off";
}

/** Something modal or a menu is open: it owns the keyboard. */
function isCovered() {
  return Boolean(document.querySelector("dialog[open], [popover]:popover-open"));
}

/** Whether a plain key press is free for the page: no modifier, nothing typed into, nothing on top. */
export function isFree(event) {
  const isTaken = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  return !(isTaken || isTyping(event) || isCovered());
}

export function isShown(element) {
  return element.checkVisibility ? element.checkVisibility({ visibilityProperty: true }) : element.offsetParent !== null;
}

/** Press or focus: a hotkey does what a click on the visible thing would do. */
export function press(element) {
  if (element.matches("input:not([type=checkbox], [type=submit]), select, textarea")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

/** Keep `index` inside a list of `count`, going round. */
export const wrap = (index, count) => (index + count) % count;

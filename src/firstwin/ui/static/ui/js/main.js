// Every element registers itself; all of them survive swaps because they start in connectedCallback.
import "./hotkeys.js";
import "./shortcuts.js";
import "./command-bar.js";
import "./dialog.js";
import "./drawer.js";
import "./grid.js";
import "./selection.js";
import "./menu.js";
import "./combo.js";
import "./edit.js";
import "./draft.js";
import "./submit.js";
import "./toast.js";
import "./theme.js";

// Every element registers itself and starts in connectedCallback, so it survives swaps.
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

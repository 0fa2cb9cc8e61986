"""What every page loads: the style sheets in the order they are linked, and the settings htmx reads."""

import json

CSS = (
    "layers",
    "tokens",
    "reset",
    "base",
    "shell",
    "page",
    "button",
    "form",
    "grid",
    "panel",
    "marks",
    "text",
    "timeline",
    "overlay",
    "toast",
    "state",
    "plain",
    "gallery",
    "responsive",
    "utilities",
    "print",
)

STYLESHEETS = tuple(f"ui/css/{name}.css" for name in CSS)

# No eval and no injected styles (the content policy forbids both); answers with an error status that are meant to be
# seen (a form with its mistakes, two versions side by side) are swapped in; customer pages are not kept in the browser.
HTMX_CONFIG = json.dumps(
    {
        "allowEval": False,
        "allowScriptTags": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "historyRestoreAsHxRequest": False,
        "defaultSettleDelay": 0,
        "timeout": 30000,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "(403|409|422)", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    },
    separators=(",", ":"),
)

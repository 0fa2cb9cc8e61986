"""Our icon set: strokes of 1.5 on a grid of 16. A shape is one path; dots are zero-length strokes with round caps."""
# ruff: noqa: E501 (a path is as long as it is)

from functools import lru_cache

from markupsafe import Markup, escape

SHAPES = {
    "accounts": "M2.5 13.5V4l5-2v11.5M7.5 6.5l6 2v5M1.5 13.5h13M5 6v0M5 8.5v0M5 11v0M10.5 11v0",
    "people": "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13.5a4.5 4.5 0 0 1 9 0M10.5 2.8a2.5 2.5 0 0 1 0 4.4M12.5 9.8a4.5 4.5 0 0 1 2 3.7",
    "user": "M8 7.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM2.5 14a5.5 5.5 0 0 1 11 0",
    "users": "M8 6.5a2.25 2.25 0 1 0 0-4.5 2.25 2.25 0 0 0 0 4.5ZM4 13a4 4 0 0 1 8 0M3 8.2a1.8 1.8 0 1 1 .6-3.5M13 8.2a1.8 1.8 0 1 0-.6-3.5M1 12.2a3 3 0 0 1 1.6-2.4M15 12.2a3 3 0 0 0-1.6-2.4",
    "clock": "M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6",
    "search": "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM10.7 10.7 14 14",
    "plus": "M8 3v10M3 8h10",
    "minus": "M3 8h10",
    "check": "m3 8.5 3.2 3.2L13 5",
    "x": "m4 4 8 8M12 4l-8 8",
    "chevron-down": "m4 6 4 4 4-4",
    "chevron-up": "m4 10 4-4 4 4",
    "chevron-left": "m10 4-4 4 4 4",
    "chevron-right": "m6 4 4 4-4 4",
    "arrow-up": "M8 13V3M4 7l4-4 4 4",
    "arrow-down": "M8 3v10M4 9l4 4 4-4",
    "arrow-right": "M3 8h10M9 4l4 4-4 4",
    "dots": "M3.5 8v0M8 8v0M12.5 8v0",
    "calendar": "M3.5 3.5h9a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1ZM2.5 6.8h11M5.5 2v2.5M10.5 2v2.5",
    "phone": "M3.2 2.5h2.1l1.1 3-1.5 1.1a8 8 0 0 0 4.5 4.5l1.1-1.5 3 1.1v2.1a1 1 0 0 1-1.1 1A10.7 10.7 0 0 1 2.2 3.6a1 1 0 0 1 1-1.1Z",
    "mail": "M2.5 3.5h11a.5.5 0 0 1 .5.5v8a.5.5 0 0 1-.5.5h-11A.5.5 0 0 1 2 12V4a.5.5 0 0 1 .5-.5ZM2.2 4.5 8 9l5.8-4.5",
    "meeting": "M2 4.5h8.5v7H2zM10.5 7.2 14 5v6l-3.5-2.2",
    "visit": "M8 14.2s4.7-4.2 4.7-7.6a4.7 4.7 0 0 0-9.4 0C3.3 10 8 14.2 8 14.2ZM8 8.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4Z",
    "message": "M2.5 3h11v8H7l-3.2 2.7V11H2.5z",
    "note": "M3 2.5h10v7L9.5 13.5H3zM9.5 13.3V9.8H13M5.5 5.5h5M5.5 8h2",
    "file": "M4 2h5l3.5 3.5V14H4zM9 2.2v3.5h3.3",
    "tag": "M2.5 2.5H8l5.7 5.7-5.5 5.5L2.5 8zM5.3 5.3v0",
    "filter": "M2 4h12M4.5 8h7M7 12h2",
    "columns": "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
    "sort": "M5 3v10M2.5 10.5 5 13l2.5-2.5M11 13V3M8.5 5.5 11 3l2.5 2.5",
    "download": "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 11v2.5h11V11",
    "upload": "M8 10.2V2.7M4.8 5.7 8 2.5l3.2 3.2M2.5 11v2.5h11V11",
    "undo": "M5.5 3 2.5 6l3 3M2.8 6H9.5a4 4 0 0 1 0 8H6",
    "refresh": "M13 8a5 5 0 1 1-1.6-3.7M13.2 2.2v2.6h-2.6",
    "gear": "M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4",
    "shield": "M8 1.8 13 3.6v4c0 3-2 5.3-5 6.6-3-1.3-5-3.6-5-6.6v-4zM5.8 8l1.6 1.6 3-3.1",
    "bell": "M3 11.5c1-1 1.2-2.2 1.2-4.2a3.8 3.8 0 0 1 7.6 0c0 2 .2 3.2 1.2 4.2zM6.5 13.8h3",
    "lock": "M3.5 7.2h9v6.3h-9zM5.3 7V5a2.7 2.7 0 0 1 5.4 0v2",
    "link": "M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3A2.6 2.6 0 0 0 9 3.3l-.8.8M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.8-.8",
    "external": "M9 2.5h4.5V7M13.2 2.8 7.5 8.5M11.5 9.5v4h-9v-9h4",
    "sun": "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7",
    "moon": "M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1Z",
    "screen": "M2 3h12v8H2zM5.5 13.5h5M8 11v2.5",
    "home": "M2.5 7.3 8 2.5l5.5 4.8v6.2h-11zM6.2 13.2V9.5h3.6v3.7",
    "inbox": "M2.5 9 4.3 3h7.4l1.8 6v4h-11zM2.7 9h3l1 1.7h2.6l1-1.7h3",
    "list": "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4v0M2.5 8v0M2.5 12v0",
    "chart": "M2.5 2.5v11h11M5.5 10.5v-2M8.5 10.5v-5M11.5 10.5V7",
    "view": "M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z",
    "warning": "M8 2.3 14.3 13.5H1.7zM8 6.5v3M8 11.5v0",
    "info": "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.5v3.5M8 5v0",
    "help": "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.2a1.8 1.8 0 1 1 2.6 1.7c-.6.3-.9.7-.9 1.3M8 11.3v0",
    "keyboard": "M1.8 4h12.4v8H1.8zM4.3 6.5v0M6.8 6.5v0M9.3 6.5v0M11.8 6.5v0M5 9.5h6",
    "flag": "M3.5 14V2.5M3.5 3c3-1.5 5 1.5 9 0v6c-4 1.5-6-1.5-9 0",
    "star": "m8 2 1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z",
    "tree": "M3.5 2.5v9.5H8M3.5 6H8M10 4.2h3.5v3.5H10zM10 10.2h3.5v3.5H10z",
    "merge": "M3 2.5v2.3c0 2 1.2 3.2 3.2 3.2H13M3 13.5v-2.3C3 9.2 4.2 8 6.2 8M10 5l3 3-3 3",
    "log-out": "M6.5 2.5h-4v11h4M10.5 5l3 3-3 3M13.2 8H6",
    "edit": "M2.5 13.5v-3l8-8 3 3-8 8zM8.8 4.2l3 3",
    "trash": "M2.5 4.5h11M6 4.3V2.5h4v1.8M4 4.5l.6 9h6.8l.6-9M6.7 7.2v3.6M9.3 7.2v3.6",
    "pause": "M5.5 3.5v9M10.5 3.5v9",
    "play": "M5 3v10l8-5z",
    "menu": "M2.5 4h11M2.5 8h11M2.5 12h11",
    "copy": "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
    "pin": "M6 2.5h4l-.5 4L12 9H4l2.5-2.5zM8 9v4.5",
    "spark": "M2 11l3.5-4 3 2.5L14 4",
    "bolt": "M9 1.8 3.5 9H8l-1 5.2L12.5 7H8z",
    "print": "M4.5 5.5v-3h7v3M4.5 11h-2V5.5h11V11h-2M4.5 9h7v4.5h-7z",
    "key": "M5.5 13a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM7.5 8.2 13 2.7M10.8 5l2 2",
    "dot": "M8 8v0",
}


@lru_cache(maxsize=512)
def icon(name: str, label: str = "", size: int = 16) -> Markup:
    """An inline SVG. Without a label it is decoration; with one it speaks. Raises KeyError for an unknown name."""
    speaks = Markup('role="img" aria-label="%s"') % label if label else Markup('aria-hidden="true"')
    return Markup(  # noqa: S704 (constants of this file, and a label escaped above)
        f'<svg class="icon" data-icon="{escape(name)}" viewBox="0 0 16 16" width="{size:d}" height="{size:d}" '
        f'{speaks} focusable="false"><path d="{_shape(name)}"/></svg>'
    )


def _shape(name: str) -> str:
    try:
        return SHAPES[name]
    except KeyError:
        raise KeyError(f"No icon is called {name!r}; see SHAPES in ui/icons.py") from None

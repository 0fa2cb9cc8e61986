"""`make shots`: screenshots of the pages people see most, into shots/, in light, dark and at 320 px."""

import sys
import tempfile
from pathlib import Path

from tests.serving import Visitor, chromium, serving

PAGES = {
    "sign-in": (None, "/sign-in/"),
    "list": ("admin", "/accounts/"),
    "page": ("admin", "/accounts/acme/"),
    "people": ("admin", "/accounts/acme/people/"),
    "timeline": ("admin", "/accounts/acme/timeline/"),
    "contacts": ("admin", "/contacts/"),
    "staff": ("admin", "/people/staff/"),
    "settings": ("admin", "/settings/"),
    "audit": ("admin", "/settings/audit/"),
    "gallery": ("admin", "/ui/"),
}
LOOKS = {"light": (1440, False), "dark": (1440, True), "narrow": (320, False)}


def main() -> int:
    """Take them all, or only the pages named on the command line."""
    wanted = sys.argv[1:] or list(PAGES)
    folder = Path("shots")
    folder.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home, "served"), accounts=400) as served,
        chromium() as browser,
    ):
        for look, (width, dark) in LOOKS.items():
            visitor = Visitor(browser, served)
            for name in wanted:
                who, address = PAGES[name]
                page = visitor.open(who, width=width, height=900, dark=dark)
                page.goto(address)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=folder / f"{name}-{look}.png")
            visitor.close()
    print(f"{len(wanted) * len(LOOKS)} pictures in {folder}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())

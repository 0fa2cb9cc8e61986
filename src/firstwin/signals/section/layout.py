"""Which sections the page of an account shows, by the experience that serves it."""

from collections.abc import Sequence

from django.http import HttpRequest

from firstwin.accounts.models import Account
from firstwin.core.panels import panels
from firstwin.core.text import did_you_mean
from firstwin.people.config.labels import standing_bodies

SLOT = "account"


def layout_of(_: HttpRequest, account: Account) -> Sequence[str]:
    """Keys of sections; none where its experience says nothing of them."""
    body = standing_bodies("experience").get(account.now.experience or "", {})
    found = body.get("layout")
    return [str(key) for key in found] if isinstance(found, list) else []


def section_keys() -> list[str]:
    """Every key a layout may name, in the usual order."""
    return [panel.key for panel in panels(SLOT)]


def stranger_words(key: str) -> str:
    """Why a key cannot stand in a layout; empty for one that can."""
    keys = section_keys()
    return "" if key in keys else f"The account page has no section {key!r}. {did_you_mean(key, keys)}"

"""What this room adds to others: a rail entry, commands, the rhythm of sources, a schedule."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from firstwin.accounts.quality import register_rhythms
from firstwin.accounts.references import register_reason
from firstwin.connectors import draft_tasks
from firstwin.connectors.actions import decide_match  # noqa: F401 - registers how a decision is undone
from firstwin.connectors.matching.sift import waiting_reasons
from firstwin.connectors.rules import can_import
from firstwin.connectors.sources import rhythms
from firstwin.core.backup.folders import register_folder
from firstwin.core.jobs import register_schedule
from firstwin.ui import commands
from firstwin.ui.navigation import NavEntry, register_entry

PLACES = (
    ("Imports", "What came in from files", "imports"),
    ("New import", "Bring in records from files", "import_new"),
    ("Match queue", "Rows that may mean a record you have", "matches"),
    ("Source health", "Whether each source still speaks", "import_sources"),
)


def register() -> None:
    """Called once, when the app is ready."""
    register_entry(NavEntry("imports", "Imports", "imports", "upload", "g m", 700, visible=_may_import))
    commands.register_source(import_commands)
    register_rhythms(rhythms)
    register_reason(waiting_reasons)
    register_folder("imports")
    register_schedule("connectors.drafts", draft_tasks.forget_old_drafts, "Forget old import drafts", daily_at="03:50")


def import_commands(request: HttpRequest, query: str) -> Iterator[commands.Command]:
    if not _may_import(request.user):
        return
    for label, hint, route in PLACES:
        if all(word in f"{label} {hint}".casefold() for word in query.casefold().split()):
            yield commands.Command(label=label, hint=hint, url=reverse(route), icon="upload", group="Imports")


def _may_import(user: Any) -> bool:
    return can_import(user)

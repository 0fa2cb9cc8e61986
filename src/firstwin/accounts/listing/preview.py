"""What the preview of an account shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from firstwin.accounts import quality
from firstwin.accounts.listing.cells import Cell
from firstwin.accounts.listing.columns import offered
from firstwin.accounts.listing.row import cells_of
from firstwin.accounts.listing.shape import is_editable
from firstwin.accounts.models import Account, AccountNow, Touch
from firstwin.accounts.queries import PeopleHere, people_at
from firstwin.core.clock import day_of
from firstwin.core.fields import Vocabulary

_ALWAYS = ("owner", "health", "stage", "risks_open", "tags", "parent", "tier", "last_two_way", "next_step")
LATEST = 3


@dataclass(frozen=True)
class Preview:
    """facts: (value, whether it is edited in its place).  findings: (what is wrong, what to do)."""

    row: AccountNow
    facts: Sequence[tuple[Cell, bool]]
    people: PeopleHere
    touches: Sequence[Touch]
    findings: Sequence[tuple[str, str]]


def preview_of(account: Account, vocabulary: Vocabulary, now: datetime) -> Preview:
    """Everything the preview shows, in a fixed number of reads."""
    known = offered(vocabulary)
    fields = [known[key] for key in _ALWAYS if key in known]
    row = AccountNow.objects.get(pk=account.pk)
    cells = cells_of(account.pk, fields, day_of(now))
    touches = Touch.objects.standing().filter(account=account).select_related("author")
    return Preview(
        row=row,
        facts=[(cell, is_editable(field)) for cell, field in zip(cells, fields, strict=True)],
        people=people_at(account, now),
        touches=list(touches.order_by("-occurred_at", "-id")[:LATEST]),
        findings=[(quality.sentence(one), quality.remedy(one)) for one in row.issues],
    )

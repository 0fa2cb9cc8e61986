"""What each section of the account page shows. Asked for only when its tab is open."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from firstwin.accounts import changes, deeds, queries, rollups, timeline_page
from firstwin.accounts.actions.files import TYPES
from firstwin.accounts.forms import FileForm, TimelineFilterForm
from firstwin.accounts.merged import absorbed_by, open_merges
from firstwin.accounts.models import Account, Touch, TouchKind
from firstwin.accounts.models.kinds import RollUp
from firstwin.accounts.views.answers import current_query, reader
from firstwin.core.clock import day_of
from firstwin.core.markdown import plain, render
from firstwin.core.text import counted, listing
from firstwin.people.audit import trail_of_account
from firstwin.people.models import User

LOOKS_BACK = timedelta(days=30)
TOLD = 8


def summary(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What changed, what is known, what is next."""
    asker = reader(request)
    since = asker.now - LOOKS_BACK
    told, _ = changes.changes_of(account.pk, since=since, until=asker.now)
    return {
        "changes": told[:TOLD],
        "more_changes": max(0, len(told) - TOLD),
        "touched": _touched(account, since),
        "values": queries.said_about(account, queries.attributes_in_use(), asker.now),
        "latest": _latest(account),
        "plain": plain,
        "steps": queries.next_steps(account, asker.now),
        "pinned": [(note, render(note.body)) for note in queries.pinned_notes(account)],
        "domains": list(account.domains.order_by("name").values_list("name", flat=True)),
        "external": list(account.external_ids.order_by("source", "external_id")[:20]),
        "today": day_of(asker.now),
        "merges": open_merges(Account, account.pk),
    }


def _latest(account: Account) -> list[Touch]:
    rows = timeline_page.attended(Touch.objects.standing().filter(account=account))
    return list(rows.order_by("-occurred_at", "-pk")[:3])


def _touched(account: Account, since: Any) -> str:
    """`5 touches: 3 calls and 2 emails`; '' for none."""
    kinds = Counter(Touch.objects.standing().filter(account=account).since(since).values_list("kind", flat=True))
    if not kinds:
        return ""
    parts = [counted(kinds[kind], kind.label.lower()) for kind in TouchKind if kinds[kind]]
    return f"{counted(sum(kinds.values()), 'touch', 'touches')}: {listing(parts)}"


def people(request: HttpRequest, account: Account) -> dict[str, Any]:
    """Who works there and which roles they play."""
    return {"here": queries.people_at(account, reader(request).now)}


def timeline(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What happened, newest first."""
    asker = reader(request)
    form = TimelineFilterForm(
        current_query(request), people=queries.members_of(account, asker.now), authors=User.objects.order_by("name")
    )
    form.is_valid()  # what makes no sense is left out
    filters = _filters(form)
    stream = timeline_page.stream(account, filters, before=current_query(request).get("before", ""), now=asker.now)
    return {"form": form, "filters": filters, "stream": stream, "render": render}


def _filters(form: TimelineFilterForm) -> timeline_page.Filters:
    given = getattr(form, "cleaned_data", {})
    person, author = given.get("person"), given.get("author")
    return timeline_page.Filters(
        kind=given.get("kind") or "",
        direction=given.get("direction") or "",
        person=person.pk if person else None,
        author=author.pk if author else None,
        text=given.get("q") or "",
        since=given.get("since"),
        until=given.get("until"),
        with_changes=given.get("changes") != "no",
    )


def children(request: HttpRequest, account: Account) -> dict[str, Any]:
    """The accounts below, and what they come to."""
    asker = reader(request)
    with_itself = current_query(request).get("itself") == "1"
    rows = queries.children_of(account.pk, asker.scope)
    below = rollups.accounts_below(account, asker.scope, with_itself=with_itself)
    summed = [a for a in queries.attributes_in_use() if a.roll_up != RollUp.NONE]
    return {
        "rows": rows[: queries.BRANCH],
        "more": len(rows) > queries.BRANCH,
        "below": below,
        "with_itself": with_itself,
        "rolled": rollups.rolled_up(summed, below.ids, now=asker.now) if rows or with_itself else [],
    }


def files(request: HttpRequest, account: Account) -> dict[str, Any]:
    return {"files": queries.files_of(account), "form": FileForm(), "endings": sorted(TYPES)}


def audit(request: HttpRequest, account: Account) -> dict[str, Any]:
    """Who did what."""
    query = current_query(request)
    return trail(account, did=query.get("did", ""), before=query.get("before", ""))


MOST_DEEDS = 50


def trail(account: Account, *, did: str, before: str) -> dict[str, Any]:
    """A page of the trail by keyset. did: a beginning of deeds, '' for all."""
    # The trail of what was merged into it goes on here.
    within = absorbed_by(account.pk)
    rows = trail_of_account(account.pk)
    if within:
        rows = rows.model.objects.filter(account_id__in=[account.pk, *within]).select_related("actor", "detail")
        rows = rows.newest_first()
    if did in {start for start, _ in deeds.GROUPS}:
        rows = rows.filter(did__startswith=did)
    else:
        did = ""
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: MOST_DEEDS + 1])
    earlier = found[MOST_DEEDS - 1].pk if len(found) > MOST_DEEDS else None
    return {"entries": deeds.told(found[:MOST_DEEDS]), "earlier": earlier, "did": did, "groups": deeds.GROUPS}

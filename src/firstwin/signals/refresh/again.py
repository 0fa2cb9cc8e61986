"""Stages and stays in segments folded again, from the day on which history reads otherwise: facts that came late,
corrections, merges, days on which nobody looked. What was published stays in the trail as what was said then.

First it is heard which accounts have such a day; it is kept with the account until its stages were folded from there,
up to yesterday. A day on which an account moved is always one: by its close more is known than when it moved.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from firstwin.accounts.bulk import among, update_many
from firstwin.accounts.models import Account
from firstwin.core.clock import day_of
from firstwin.core.failpoints import failpoint
from firstwin.core.pace import Pace
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.models import LookedBack, StageMove
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.folding import Course, folded, told_under
from firstwin.signals.refresh.holding import hold
from firstwin.signals.refresh.learned import learned
from firstwin.signals.refresh.marks import mark_again
from firstwin.signals.refresh.presence import Presence
from firstwin.signals.refresh.restated import stored_moves, write_restated
from firstwin.signals.refresh.restated_stays import write_restated_stays
from firstwin.signals.stages.standing import Move, standings_of

AT_ONCE = 1_000
_FEWEST = 20
"""Accounts of one commit."""

EVERY = timedelta(hours=1)
"""An account is listened to no more often: facts come all the time, and what is folded from one of them costs days."""

LEEWAY = timedelta(hours=1)
"""So long before it was listened to last a fact may have been dated that was written after."""


def hear_some(now: datetime, *, at_once: int = AT_ONCE) -> int:
    """Find the days that read otherwise of some accounts whose facts moved, longest unheard first. Returns how many
    accounts there were."""
    rows = LookedBack.objects.filter(heard_at__lte=now - EVERY, account__revision__gt=F("revision"))
    ids = list(
        rows.filter(account__removed_at__isnull=True)
        .order_by("heard_at", "account_id")
        .values_list("account_id", flat=True)[:at_once]
    )
    if ids:
        _hear(ids, now)
    return len(ids)


def fold_again_some(now: datetime, *, at_once: int = AT_ONCE) -> int:
    """Fold the stages of some accounts again, those that reach back least first. Returns how many accounts there were.
    Ended half way, it is done again."""
    waiting = LookedBack.objects.filter(again_from__lt=day_of(now), account__removed_at__isnull=True)
    found = {one.account_id: one for one in waiting.order_by("-again_from", "account_id")[:at_once]}
    by_edition = defaultdict[int, list[int]](list)
    for pk, one in found.items():
        by_edition[definitions_at(one.at).edition].append(pk)
    for some in by_edition.values():
        _fold_again({pk: found[pk] for pk in sorted(some)}, now)
    return len(found)


def _hear(ids: Collection[int], now: datetime) -> None:
    # Read first: what comes meanwhile is listened to next time.
    revisions = dict(among(Account.objects.all(), "id", ids).values_list("pk", "revision"))
    rows = list(among(LookedBack.objects.all(), "account_id", ids))
    first_days = learned({one.account_id: one.heard_at - LEEWAY for one in rows}, definitions_at())
    late = {pk: max(day, date(1970, 1, 1)) for pk, day in first_days.items() if day < day_of(now)}
    failpoint("signals.heard.before")
    with transaction.atomic():
        hold(ids)
        mark_again(late)
        heard = [(revisions[one.account_id], now, one.account_id) for one in rows]
        update_many(LookedBack, ("revision", "heard_at"), heard)
    failpoint("signals.heard.after")


def _fold_again(rows: Mapping[int, LookedBack], now: datetime) -> None:
    """Of accounts whose pasts were told under the same definitions."""
    today = day_of(now)
    moves, presence = _folded(rows, now, today)
    pace = Pace(smallest=_FEWEST)
    for part in pace.parts(list(rows)):
        failpoint("signals.again.before")
        with pace.slice(len(part)), transaction.atomic():
            unchanged = _unchanged({pk: rows[pk] for pk in part})
            since = {pk: _day(rows[pk]) for pk in unchanged}
            write_restated({pk: moves[pk] for pk in unchanged}, since, today=today, now=now, is_first=False)
            write_restated_stays(presence, unchanged, now=now)
            _done(unchanged, today)
            failpoint("signals.again.within")
        failpoint("signals.again.after")


def _folded(rows: Mapping[int, LookedBack], now: datetime, today: date) -> tuple[dict[int, list[Move]], Presence]:
    since = {pk: _day(one) for pk, one in rows.items()}
    told_at = min(one.at for one in rows.values())
    under = told_under(definitions_at(told_at), max(one.at for one in rows.values()), definitions_at)
    found: dict[int, list[Move]] = {pk: [] for pk in rows}
    with sitting(list(rows), now=now) as facts:
        before = [one for one in stored_moves(list(rows), today) if one.on < since[one.account_id]]
        course = Course.of(facts, {pk: day_of(one.at) for pk, one in rows.items()}, now, since)
        state = standings_of(facts.accounts, before)
        presence = Presence(facts.accounts)
        for move in folded(facts, course, today - timedelta(days=1), now, under=under, state=state, presence=presence):
            found[move.account].append(move)
    return found, presence


def _day(one: LookedBack) -> date:
    assert one.again_from is not None
    return one.again_from


def _unchanged(rows: Mapping[int, LookedBack]) -> list[int]:
    """Those of which nothing was heard since they were read."""
    hold(rows)
    there = among(LookedBack.objects.all(), "account_id", list(rows))
    now = {pk: told for pk, *told in there.values_list("account_id", "again_from", "heard_at")}
    return [pk for pk, one in rows.items() if now.get(pk) == [one.again_from, one.heard_at]]


def _done(ids: Collection[int], today: date) -> None:
    """Who moved today is to be folded again when the day is over."""
    among(LookedBack.objects.all(), "account_id", ids).update(again_from=None)
    moved = among(StageMove.objects.filter(restated_at__isnull=True, on__gte=today), "account_id", ids)
    among(LookedBack.objects.all(), "account_id", list(moved.values_list("account_id", flat=True))).update(
        again_from=today
    )

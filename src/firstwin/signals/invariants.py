"""What must always hold of the ledger of signals."""

from collections import Counter
from datetime import datetime

from django.db import connection
from django.db.models import F, OuterRef, Q, Subquery

from firstwin.core.errors import FirstwinError
from firstwin.core.invariants import register_invariant
from firstwin.people.models import ConfigVersion
from firstwin.signals.ledger.append_only import TABLES
from firstwin.signals.models import Episode, EpisodeSaid, Reading, SegmentStay

_SAMPLE, _SHOWN = 200, 20


def readings_recompute(now: datetime) -> list[str]:
    """A sample of readings, spread over all, gives the same bytes again from its inputs and its definition; so do the
    columns beside them."""
    from firstwin.people.config.store import definition
    from firstwin.signals.scores import ENGINE
    from firstwin.signals.scores.again import recomputed
    from firstwin.signals.scores.explain import explained

    problems = []
    for one in _sample():
        if one.engine != ENGINE:
            continue  # made by another way of computing: kept, not recomputed
        try:
            again = recomputed(definition("scorecard", one.scorecard, one.version), bytes(one.inputs))
        except (ConfigVersion.DoesNotExist, FirstwinError) as broken:
            problems.append(f"reading {one.pk}: {one.scorecard} v{one.version} cannot be read any more: {broken}")
            continue
        except Exception as broken:  # inputs that somebody damaged may break anything
            problems.append(f"reading {one.pk} cannot be recomputed: {broken!r}")
            continue
        if again != bytes(one.result):
            problems.append(f"reading {one.pk} does not recompute from its inputs")
            continue
        told = explained(bytes(one.result))
        if (told.score, told.band, told.coverage) != (one.score, one.band, one.coverage):
            problems.append(f"reading {one.pk}: its columns are not what its result says")
    return problems[:_SHOWN]


def one_of_each_is_open(now: datetime) -> list[str]:
    """At most one open stay for an account and a segment, one open episode for an account, a detector and a cause."""
    stays = Counter(
        SegmentStay.objects.filter(left_on=None, restated_at=None).values_list("account_id", "segment").iterator()
    )
    episodes = Counter(
        Episode.objects.filter(cleared_on=None, restated_at=None)
        .values_list("account_id", "detector", "cause")
        .iterator()
    )
    return [f"{held}: {n} are open at once" for held, n in (stays | episodes).items() if n > 1][:_SHOWN]


def nothing_ends_before_it_begins(now: datetime) -> list[str]:
    stays = SegmentStay.objects.filter(left_on__lt=F("entered_on")).values_list("pk", flat=True)[:_SHOWN]
    episodes = Episode.objects.filter(cleared_on__lt=F("first_on")).values_list("pk", flat=True)[:_SHOWN]
    problems = [f"stay {pk} ends before it begins" for pk in stays]
    return problems + [f"episode {pk} ends before it begins" for pk in episodes]


def findings_say_what_they_said_last(now: datetime) -> list[str]:
    """What each says now is the last of what is kept of it."""
    rows = EpisodeSaid.objects.filter(episode=OuterRef("pk")).order_by("-on", "-at", "-id")
    last = {f"last_{name}": Subquery(rows.values(name)[:1]) for name in ("severity", "words", "stake_minor")}
    is_same = Q(severity=F("last_severity"), words=F("last_words")) & (
        Q(stake_minor=F("last_stake_minor")) | Q(stake_minor=None, last_stake_minor=None)
    )
    found = Episode.objects.annotate(**last).exclude(is_same).order_by("pk").values_list("pk", flat=True)[:_SHOWN]
    return [f"episode {pk} says what it is not kept to have said last" for pk in found]


def the_ledger_is_guarded(now: datetime) -> list[str]:
    """The triggers that refuse changes are there."""
    sql = (
        "select name from sqlite_master where type = 'trigger'"
        if connection.vendor == "sqlite"
        else "select tgname from pg_trigger where not tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        there = {name for (name,) in cursor.fetchall()}
    ends = ("no_update", "no_delete") if connection.vendor == "sqlite" else ("append_only",)
    wanted = [f"{table}_{end}" for table in TABLES for end in ends]
    return [f"the trigger {name} is missing" for name in wanted if name not in there]


def register_all() -> None:
    """Called once, when the app is ready."""
    register_invariant("signals.readings", "Readings recompute from their inputs", readings_recompute)
    register_invariant("signals.open", "One of each is open", one_of_each_is_open)
    register_invariant("signals.order", "Nothing ends before it begins", nothing_ends_before_it_begins)
    register_invariant("signals.said", "Findings say what they said last", findings_say_what_they_said_last)
    register_invariant("signals.guard", "The ledger of readings is guarded", the_ledger_is_guarded)


def _sample() -> list[Reading]:
    last = Reading.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    step = max(last // _SAMPLE, 1)
    found = Reading.objects.filter(pk__in=list(range(last, 0, -step))[: _SAMPLE + 1])
    return list(found.order_by("pk"))

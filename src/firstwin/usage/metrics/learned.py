"""Of which days use was learned later: events kept back by a device, history imported, events that mean something else
since, a customer that somebody recognised."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from firstwin.accounts.bulk import among
from firstwin.core.moments import days_of
from firstwin.people.models import AuditRow
from firstwin.usage.lake.days import day_of
from firstwin.usage.metrics.asking import Ints
from firstwin.usage.metrics.opening import Opened, opened
from firstwin.usage.metrics.reach import may_have_use
from firstwin.usage.metrics.whose import whose
from firstwin.usage.models import FeatureMeaning

_EVER = date(2999, 12, 31)
_ALWAYS = datetime(2999, 12, 31, tzinfo=UTC)
_RECOGNISED = ("place.meant", "place.unsaid", "place.ignored", "place.unignored", "place.opened")


def learned_later(account_ids: Sequence[int], since: datetime) -> dict[int, date]:
    """Account → the first day before its own arrival of anything that arrived since. Where an event name came to mean
    something else, or somebody said which customer is meant, that is the first day there is."""
    some = may_have_use(account_ids)
    if not some:
        return {}
    if FeatureMeaning.objects.filter(recorded_at__gte=since).exists():
        return dict.fromkeys(some, date.min)
    found: dict[int, date] = {}
    with opened(whose(some), _EVER, tables=()) as lake:
        told = _received(lake, since, _ALWAYS)
        late = told["day"] < days_of(told["received"])
        places = lake.whose.of_places(told["place"][late])
        for place, day in zip(places.tolist(), told["day"][late].tolist(), strict=True):
            if place >= 0:
                pk = int(lake.whose.accounts[place])
                found[pk] = min(found.get(pk, date.max), day_of(day))
    said = among(AuditRow.objects.filter(did__in=_RECOGNISED, at__gte=since), "account_id", some)
    return found | dict.fromkeys(said.values_list("account_id", flat=True), date.min)


def late_use(account_id: int, *, since: datetime, until: datetime) -> dict[date, datetime]:
    """Day → when the last of its use came, of what came after one moment and by another."""
    if not may_have_use([account_id]):
        return {}
    with opened(whose([account_id]), _EVER, tables=()) as lake:
        told = _received(lake, since, until)
        mine = lake.whose.of_places(told["place"]) >= 0
        rows = zip(told["day"][mine].tolist(), told["received"][mine].tolist(), strict=True)
        found: dict[date, datetime] = {}
        for number, micros in sorted(rows):
            came = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micros)
            if came > since:
                found[day_of(number)] = max(came, found.get(day_of(number), came))
    return found


def _received(lake: Opened, since: datetime, until: datetime) -> dict[str, Ints]:
    plain = (one.astimezone(UTC).replace(tzinfo=None) for one in (since, until))
    return lake.ask("received_since", **dict(zip(("since", "until"), plain, strict=True)))

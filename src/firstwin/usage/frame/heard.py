"""When something last came from the sources that speak of an account, looked at once a day.

What one account does says nothing of that: a customer may be silent while the source is not. So the sources are asked,
by what each sent of anybody. Whole days before the day itself count, so that an answer holds for all of that day.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from firstwin.core import clock
from firstwin.core.frames import At, Column, Columns, ComputedFamily, register_frame

ROOM = "usage"
COLUMN = "last_heard"


def heard(ids: Any, ats: Sequence[At]) -> list[Columns]:
    """Of accounts that a source named: the last day before on which it, or another that names them, sent anything."""
    sources = _sources_of(ids)
    return [{COLUMN: _column(ids, sources, _last_days(at.on, at.known_by))} for at in ats]


def _sources_of(ids: Any) -> Mapping[int, set[int]]:
    from firstwin.accounts.bulk import among
    from firstwin.accounts.merged import survivors
    from firstwin.accounts.models import Account, Merge
    from firstwin.usage.store.models import Place

    wanted = {int(pk) for pk in ids}
    into = survivors(Account, set(Merge.objects.open().values_list("absorbed_id", flat=True)))
    absorbed = [pk for pk, survivor in into.items() if survivor in wanted]
    rows = among(Place.objects.filter(is_ignored=False).order_by(), "account", sorted([*wanted, *absorbed]))
    found: dict[int, set[int]] = {}
    for account, source in rows.values_list("account", "source").distinct():
        found.setdefault(into.get(account, account), set()).add(source)
    return found


def _last_days(on: date, known_by: datetime) -> Mapping[int, date]:
    """Source → the last day before `on` in whose hours anything came."""
    from django.db.models import Max

    from firstwin.usage.store.models import SourceHour

    until = min(clock.end_of(on - timedelta(days=1)), known_by)
    rows = SourceHour.objects.filter(hour_at__lt=until, events__gt=0).order_by()
    told = rows.values("source").annotate(last=Max("hour_at")).values_list("source", "last")
    return {source: clock.day_of(last.astimezone(UTC)) for source, last in told}


def _column(ids: Any, sources: Mapping[int, set[int]], days: Mapping[int, date]) -> Column:
    import numpy as np

    zero = date(1970, 1, 1).toordinal()
    values = np.zeros(len(ids), np.int64)
    for place, pk in enumerate(ids.tolist()):
        came = [days[source].toordinal() - zero for source in sources.get(pk, ()) if source in days]
        values[place] = max(came, default=-1)
    return Column(np.maximum(values, 0), values >= 0)


def register_all() -> None:
    """Called once, when the app is ready."""
    register_frame(ComputedFamily("usage_sources", ROOM, (COLUMN,), heard))

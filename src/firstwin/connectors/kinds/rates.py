"""Rows that are exchange rates: one unit of `base` is worth `rate` of `quote` from a day on."""

from django.conf import settings

from firstwin.accounts.actions.receive import Received
from firstwin.connectors.kinds.gather import Gathered
from firstwin.core.errors import Refused
from firstwin.core.models import Rate
from firstwin.core.rates import put_rate


def receive_rates(gathered: Gathered) -> Received:
    received = gathered.received
    days, bases = gathered.column("on"), gathered.column("base")
    quotes, rates = gathered.column("quote", settings.FIRSTWIN_CURRENCY), gathered.column("rate")
    known = {
        (one.on, one.base, one.quote): one
        for one in Rate.objects.filter(on__in={day for day in days if day is not None})
    }

    def make(at: int) -> None:
        for name, column in (("on", days), ("base", bases), ("rate", rates)):
            if column[at] is None:
                raise Refused("A rate has a day, two currencies and a number.", field=name)
        if bases[at] == quotes[at]:
            raise Refused("A rate is between two different currencies.", field="quote")
        line, key = gathered.rows[at].line, (days[at], bases[at], quotes[at])
        held = known.get(key)
        if held is not None and held.rate == round(rates[at], 12):
            received.ids[line] = held.pk
            return
        kept = put_rate(on=days[at], base=bases[at], quote=quotes[at], rate=rates[at], source=gathered.intake.source)
        known[key] = kept
        received.ids[line] = kept.pk
        (received.new if held is None else received.changed).add(line)

    gathered.each(make)
    return received

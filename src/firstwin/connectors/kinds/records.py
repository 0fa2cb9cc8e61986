"""The kinds of records that become facts slice by slice: which fields each has, and how its rows are taken in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from firstwin.accounts.actions.receive import Received
from firstwin.connectors.kinds.billing import receive_invoices, receive_payment_methods
from firstwin.connectors.kinds.commerce import receive_contracts, receive_lines, receive_products
from firstwin.connectors.kinds.gather import Gathered
from firstwin.connectors.kinds.intake import Intake
from firstwin.connectors.kinds.losses import receive_churn
from firstwin.connectors.kinds.made_keys import made_key
from firstwin.connectors.kinds.rates import receive_rates
from firstwin.connectors.kinds.record_fields import KEYED, RECORD_FIELDS, RECORD_NEEDED
from firstwin.connectors.kinds.rules import FieldRule
from firstwin.connectors.kinds.slices import RecordRow
from firstwin.connectors.kinds.tickets import receive_tickets
from firstwin.connectors.kinds.usage import USE, make_ready, receive_daily_usage, receive_events


@dataclass(frozen=True)
class RecordKind:
    """name: as mappings write it.  needed: of each group, at least one field must be mapped.

    needs_key: whether its records must have a key of the source. take: how a slice becomes facts.
    family: the columns of list rows that follow from such records (see `accounts.published`).
    """

    name: str
    fields: Mapping[str, FieldRule]
    needed: tuple[tuple[str, ...], ...]
    needs_key: bool
    take: Callable[[Gathered], Received]
    family: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Its fields, in the order in which a form asks for them."""
        return tuple(self.fields)

    def identify(self, rows: Sequence[RecordRow], intake: Intake) -> None:
        """Fill in the key of rows whose mapping has none: made of what they say, so that told again it is the same."""
        if intake.binding.key is None:
            for row in rows:
                row.external_id = made_key(self.name, dict(zip(intake.binding.names, row.values, strict=True)))

    def make_ready(self, intake: Intake) -> None:
        """Before each slice, outside of its transaction."""
        if self.name in USE:
            make_ready(intake)

    def receive(self, rows: Sequence[RecordRow], intake: Intake) -> Received:
        """Store them in the caller's transaction. No key may stand twice in `rows`.

        Outcomes are under the rows' lines; ids are below zero for what a dry run pretends.
        """
        return self.take(Gathered(rows, intake))


_TAKES: Mapping[str, Callable[[Gathered], Received]] = {
    "products": receive_products,
    "contracts": receive_contracts,
    "lines": receive_lines,
    "invoices": receive_invoices,
    "payment_methods": receive_payment_methods,
    "churn": receive_churn,
    "tickets": receive_tickets,
    "rates": receive_rates,
    "events": receive_events,
    "daily_usage": receive_daily_usage,
}

_FAMILIES = {"tickets": "support", "rates": "", **dict.fromkeys(USE, "")}

RECORDS: Mapping[str, RecordKind] = {
    name: RecordKind(
        name, RECORD_FIELDS[name], RECORD_NEEDED[name], name in KEYED, take, _FAMILIES.get(name, "revenue")
    )
    for name, take in _TAKES.items()
}

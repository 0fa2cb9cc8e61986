"""Rows that are churn records."""

from firstwin.accounts.actions.receive import Received
from firstwin.connectors.kinds.gather import Gathered
from firstwin.connectors.kinds.money_columns import Amounts
from firstwin.connectors.kinds.storing import store, unsaid_of
from firstwin.core.errors import Refused
from firstwin.revenue.actions import receive as revenue
from firstwin.revenue.actions.receive import ChurnSaid

_DAYS = ("first_signal_on", "notice_on", "won_back_on")
_TEXTS = ("stated_reason", "root_cause", "competitor", "comment", "review_url")
_CHURN = {
    "product_id": ["product"], "kind": ["kind"], "is_voluntary": ["voluntary"], "is_controllable": ["controllable"],
    "is_reactivation": ["reactivation"], "currency": ["lost", "refund"], "lost_minor": ["lost"],
    "refund_minor": ["refund"], **{name: [name] for name in (*_DAYS, *_TEXTS)},
}  # fmt: skip


def receive_churn(gathered: Gathered) -> Received:
    accounts, products, known = gathered.accounts(), gathered.products(), list(gathered.known())
    amounts = Amounts(gathered)
    kinds, effective = gathered.column("kind"), gathered.column("effective_on")
    flags = {name: gathered.column(name) for name in ("voluntary", "controllable")}
    reactivations = gathered.column("reactivation", False)
    lost, refunds = gathered.column("lost"), gathered.column("refund")
    days = {name: gathered.column(name) for name in _DAYS}
    texts = {name: gathered.column(name, "") for name in _TEXTS}

    def make(at: int) -> ChurnSaid:
        row = gathered.rows[at]
        if effective[at] is None:
            raise Refused("A churn record needs the day on which it took effect.", field="effective_on")
        back = days["won_back_on"][at]
        if back is not None and back < effective[at]:
            raise Refused("The customer came back before it had left.", field="won_back_on")
        lost_minor, refund = amounts.minor("lost", at, lost[at]), amounts.minor("refund", at, refunds[at])
        if lost_minor is not None and lost_minor < 0:
            gathered.warn(at, "What was lost is negative: it is kept as it is.")
        return ChurnSaid(
            row=row.line, external_id=row.external_id, known_at=known[at][0], has_own_time=known[at][1],
            account_id=accounts[at], product_id=products[at], effective_on=effective[at],
            kind=kinds[at] or ("logo" if products[at] is None else "product"),
            is_voluntary=flags["voluntary"][at], is_controllable=flags["controllable"][at],
            is_reactivation=reactivations[at], lost_minor=lost_minor, refund_minor=refund,
            currency="" if lost_minor is None and refund is None else amounts.currencies[at],
            **{name: column[at] for name, column in days.items()},
            **{name: column[at] for name, column in texts.items()},
        )  # fmt: skip

    return store(gathered, gathered.each(make), revenue.receive_churn, unsaid_of(gathered, _CHURN))

"""The head figures of the section, each in words, with its tone and where its rows are."""

from dataclasses import dataclass
from datetime import date

from firstwin.core.money import Money
from firstwin.core.text import listing
from firstwin.revenue.models import PaymentMethod
from firstwin.revenue.section.ledger import Ledger, amounts
from firstwin.revenue.section.renewal import renewals_of
from firstwin.ui.filters import NOTHING, day, money, number, plural

SOON = 30
"""Days within which a date asks for attention."""
NEAR = 90


@dataclass(frozen=True)
class Figure:
    """key: names its rows. value, note: words. tone: '' for none. exact: the whole amount where `value` is short."""

    key: str
    label: str
    value: str
    note: str = ""
    tone: str = ""
    exact: str = ""


def figures_of(ledger: Ledger) -> list[Figure]:
    return [
        _arr(ledger), _seats(ledger), _renewal(ledger), _notice(ledger), _overdue(ledger), _card(ledger),
    ]  # fmt: skip


def yearly(ledger: Ledger) -> dict[str, int]:
    """ARR by currency, minor units."""
    return amounts((piece.currency, piece.arr_minor) for piece in ledger.in_force)


def monthly(ledger: Ledger) -> dict[str, int]:
    return amounts((piece.currency, piece.mrr_minor) for piece in ledger.in_force)


def owed(ledger: Ledger) -> dict[str, int]:
    return amounts((invoice.currency, invoice.owed_minor) for invoice in ledger.overdue)


def _arr(ledger: Ledger) -> Figure:
    by_currency = yearly(ledger)
    value, exact = sum_in_words(ledger, by_currency)
    if not ledger.in_force:
        return Figure("arr", "ARR", NOTHING if not ledger.pieces else value, "no line in force")
    notes = [conversion(ledger, by_currency)]
    month = ledger.exchange.total(monthly(ledger))
    if month is not None and not notes[0]:
        notes = [f"{money(month)} a month"]
    if not ledger.subscriptions:
        notes = ["trial only" if any(piece.is_trial for piece in ledger.in_force) else "nothing recurring"]
    return Figure("arr", "ARR", value, " · ".join(filter(None, notes)), exact=exact)


def _seats(ledger: Ledger) -> Figure:
    counted = [piece.quantity for piece in ledger.subscriptions if piece.quantity is not None]
    products = sorted({piece.product.name for piece in ledger.in_force if piece.product})
    note = listing(products) if len(products) <= 2 else plural(len(products), "product")
    return Figure("seats", "Seats", number(sum(counted)) if counted else NOTHING, note)


def _renewal(ledger: Ledger) -> Figure:
    coming = renewals_of(ledger)
    if coming.on is None:
        return Figure("renewal", "Renewal", NOTHING, "no end agreed" if ledger.subscriptions else "")
    days = (coming.on - ledger.asof.on).days
    renews = {True: "renews by itself", False: "does not renew by itself", None: ""}[coming.auto_renews]
    label = "Ends" if coming.is_end else "Renewal"
    note = " · ".join(filter(None, [until(days), renews]))
    return Figure("renewal", label, day(coming.on), note, _near(days))


def _notice(ledger: Ledger) -> Figure:
    on = renewals_of(ledger).notice_on
    if on is None:
        return Figure("notice", "Notice by", NOTHING)
    days = (on - ledger.asof.on).days
    return Figure("notice", "Notice by", day(on), until(days) if days >= 0 else f"passed {until(days)}", _near(days))


def _overdue(ledger: Ledger) -> Figure:
    late = [invoice for invoice in ledger.overdue if invoice.owed_minor]
    if not late:
        return Figure("overdue", "Overdue", "Nothing", "")
    by_currency = owed(ledger)
    value, exact = sum_in_words(ledger, by_currency)
    oldest = min(invoice.due_on for invoice in late if invoice.due_on)
    note = f"{plural((ledger.asof.on - oldest).days, 'day')} late, {plural(len(late), 'invoice')}"
    return Figure("overdue", "Overdue", value, note, "risk", exact)


def _card(ledger: Ledger) -> Figure:
    card = ledger.card
    if card is None or card.expires_on is None:
        kinds = sorted({one.get_kind_display() for one in ledger.methods})
        return Figure("card", "Paid by", listing(kinds) if kinds else NOTHING)
    words, tone = expiry(card, ledger.asof.on)
    return Figure("card", "Card", card_name(card), words, tone if tone != "good" else "")


def card_name(card: PaymentMethod) -> str:
    """`Visa 4242`, or what it is where the source says no more."""
    return " ".join(filter(None, [card.brand.title(), card.last4])) or card.get_kind_display()


def expiry(method: PaymentMethod, on: date) -> tuple[str, str]:
    """(words, tone) of its expiry on a day."""
    if method.expires_on is None:
        return "", "none"
    days = (method.expires_on - on).days
    if days <= 0:
        return ("expired today" if days == 0 else f"expired {until(days)}"), "risk"
    return f"expires {until(days)}", "watch" if days <= 2 * SOON else "good"


def until(days: int) -> str:
    """`in 12 days`, `tomorrow`, `3 days ago`: always in days, so that two can be compared."""
    if days in (0, 1, -1):
        return {0: "today", 1: "tomorrow", -1: "yesterday"}[days]
    return f"in {plural(days, 'day')}" if days > 0 else f"{plural(-days, 'day')} ago"


def _near(days: int) -> str:
    return "risk" if days < 0 else "watch" if days <= NEAR else ""


def sum_in_words(ledger: Ledger, by_currency: dict[str, int]) -> tuple[str, str]:
    """(short, exact): in our currency, or the amounts as they are where one of them has no rate."""
    whole = ledger.exchange.total(by_currency)
    if whole is not None:
        return _short(whole), money(whole)
    parts = [Money(minor, currency) for currency, minor in sorted(by_currency.items()) if minor]
    return " + ".join(_short(part) for part in parts), " + ".join(money(part) for part in parts)


def _short(amount: Money) -> str:
    return money(amount, short=True) if abs(amount.major) >= 100_000 else amount.format(decimals=False)


def conversion(ledger: Ledger, by_currency: dict[str, int]) -> str:
    """Which part is in another currency, its rate and its day; or that there is no rate."""
    exchange = ledger.exchange
    missing = exchange.missing(by_currency)
    if missing:
        return f"no rate from {listing(missing)} to {exchange.currency}, so not summed"
    told = [
        f"{money(Money(by_currency[currency], currency))} at {rate.rate.normalize():f} of {day(rate.on, 'always')}"
        for currency, rate in exchange.used(by_currency)
    ]
    return " · ".join(told)

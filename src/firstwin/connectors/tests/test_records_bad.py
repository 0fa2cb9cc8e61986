"""Records that cannot be used are told with line, column and reason; the rows around them land."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firstwin.connectors.tests.files import NOW, Desk, counts, faults
from firstwin.core.errors import Refused
from firstwin.revenue.models import Contract, Invoice, SubscriptionLine

pytestmark = pytest.mark.usefixtures("acme")

# Per kind: the fields of the mapping, a header and a good row. A case replaces one cell of a copy of it.
KINDS = {
    "products": ("{name: name, unit: unit, archived: gone}", "id,name,unit,gone", "1,Kite,seats,no"),
    "contracts": (
        "{account: {column: account, by: name}, starts_on: start, ends_on: end, total: total, currency: money, "
        "url: url}",
        "id,account,start,end,total,money,url",
        "1,Acme,2024-01-01,2025-01-01,100.50,EUR,https://x.example/1",
    ),
    "lines": (
        "{account: {column: account, by: name}, product: product, starts_on: start, ends_on: end, quantity: seats, "
        "amount: price, per: per, currency: money, trial: trial, charge: charge}",
        "id,account,product,start,end,seats,price,per,money,trial,charge",
        "1,Acme,Kite,2024-01-01,2025-01-01,5,100.00,month,EUR,no,recurring",
    ),
    "invoices": (
        "{account: {column: account, by: name}, issued_on: issued, due_on: due, total: total, paid: paid, "
        "currency: money, state: state, settled_at: settled}",
        "id,account,issued,due,total,paid,money,state,settled",
        "1,Acme,2024-01-01,2024-01-31,100.00,0,EUR,open,",
    ),
    "payment_methods": (
        "{account: {column: account, by: name}, last4: last4, expires_on: expires, added_at: added, "
        "removed_at: removed}",
        "id,account,last4,expires,added,removed",
        "1,Acme,4242,11/26,2024-01-01T10:00:00Z,",
    ),
    "churn": (
        "{account: {column: account, by: name}, kind: kind, voluntary: own, effective_on: gone, won_back_on: back, "
        "lost: lost, currency: money}",
        "id,account,kind,own,gone,back,lost,money",
        "1,Acme,logo,yes,2024-01-01,,100,EUR",
    ),
    "tickets": (
        "{account: {column: account, by: name}, opened_at: opened, closed_at: closed, first_response_minutes: frt, "
        "priority: prio, status: status, csat: csat, reopens: reopens}",
        "id,account,opened,closed,frt,prio,status,csat,reopens",
        "1,Acme,2024-01-01T10:00:00Z,2024-01-02T10:00:00Z,5,high,solved,4,0",
    ),
    "rates": ("{on: on, base: base, quote: quote, rate: rate}", "id,on,base,quote,rate", "1,2024-01-01,EUR,USD,1.1"),
}

EVERY = [  # (column that holds a day, kind)
    ("start", "contracts"), ("start", "lines"), ("issued", "invoices"), ("gone", "churn"), ("on", "rates"),
]  # fmt: skip
BAD_DAYS = [
    ("2023-02-29", "'2023-02-29' is not a day written as 2024-02-29; not every year has a 29 February."),
    ("10000-01-01", "'10000-01-01' is not a day written as 2024-02-29; a year has four digits."),
    ("9999-12-31", "'9999-12-31': the year lies outside of 1900 to 2200."),
    ("1704067200000", "'1704067200000' is not a day written as 2024-02-29."),
]
MONEYED = [("total", "contracts"), ("price", "lines"), ("total", "invoices"), ("lost", "churn")]
BAD_MONEY = [
    ("1,5", "'1,5' is not a number such as 1234.5 or 1,234.5."),
    ("NaN", "'NaN' is not a number such as 1234.5 or 1,234.5."),
    ("1e400", "too large to keep."),
    ("100000000000000000000", "The amount is too large to keep."),
    ("1.005", "EUR has 2 decimals: 1.005 has more."),
]

AT_ACCOUNTS = [kind for kind, (_, header, _) in KINDS.items() if "account" in header]
CASES = [
    *(("account", kind, "Nobody", "No account has the name 'Nobody'.") for kind in AT_ACCOUNTS),
    *(("account", kind, "", "An account is needed.") for kind in AT_ACCOUNTS),
    *((column, kind, value, says) for column, kind in EVERY for value, says in BAD_DAYS),
    *((column, kind, value, says) for column, kind in MONEYED for value, says in BAD_MONEY),
    *(("money", kind, "EUX", "'EUX' is not an ISO 4217 currency. Did you mean") for _, kind in MONEYED),
    *(("id", kind, "x" * 256, "A key has at most 255 plain characters.") for kind in KINDS),
    *(("id", kind, "", "The key is blank.") for kind in KINDS),
    ("name", "products", "", "A product needs a name."),
    ("gone", "products", "perhaps", "is neither true nor false"),
    ("end", "contracts", "2023-12-31", "The contract ends on 2023-12-31, before it starts on 2024-01-01."),
    ("url", "contracts", "javascript:alert(1)", "A link begins with https://"),
    ("start", "lines", "", "A line needs the day it starts."),
    ("end", "lines", "2023-12-31", "The line ends on 2023-12-31, before it starts on 2024-01-01."),
    ("seats", "lines", "2.5", "A quantity is a whole number from 0 on."),
    ("seats", "lines", "-1", "A quantity is a whole number from 0 on."),
    ("per", "lines", "fortnight", "'fortnight' is no time a price is for"),
    ("charge", "lines", "tribute", "is not recurring, one_off, metered or tax"),
    ("trial", "lines", "maybe", "is neither true nor false"),
    ("total", "invoices", "", "An invoice needs its total."),
    ("state", "invoices", "lost", "is not draft, open, paid, written_off or void"),
    ("settled", "invoices", "2027-01-01T00:00:00Z", "An invoice cannot have been settled later than now."),
    ("settled", "invoices", "2024-01-01T10:00:60Z", "a minute has seconds 00 to 59"),
    ("last4", "payment_methods", "4242424242424242", "Only the last four digits of a card are kept, never more."),
    ("expires", "payment_methods", "13/26", "is no month such as 11/26 or 2026-11."),
    ("removed", "payment_methods", "2023-01-01T10:00:00Z", "It was removed before it was added."),
    ("kind", "churn", "shrunk", "is not logo, downsell or product"),
    ("back", "churn", "2023-12-01", "The customer came back before it had left."),
    ("closed", "tickets", "2023-12-01T10:00:00Z", "It was closed before it was opened."),
    ("opened", "tickets", "2027-01-01T10:00:00Z", "It cannot have been"),
    ("opened", "tickets", "", "A ticket needs the moment it was opened."),
    ("frt", "tickets", "-5", "A time that passed is 0 or more."),
    ("prio", "tickets", "whenever", "is not low, normal, high or urgent"),
    ("csat", "tickets", "9", "A rating lies above 0 and up to 5."),
    ("reopens", "tickets", "1.5", "A count is a whole number from 0 on."),
    ("rate", "rates", "0", "It must be more than zero."),
    ("quote", "rates", "EUR", "two different currencies"),
]  # fmt: skip


def mapping(kind: str, fields: str, more: str = "") -> str:
    return f"source: x\nfiles:\n  - {{name: f, kind: {kind}, path: f.csv, key: id, {more}fields: {fields}}}\n"


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_told_with_line_column_and_reason(desk: Desk, kind: str) -> None:
    """One file per kind: a good row, every bad one, and a good row again."""
    fields, header, good = KINDS[kind]
    names, cases = header.split(","), [case for case in CASES if case[1] == kind]
    rows = [good]
    for line, (column, _, value, _) in enumerate(cases, 3):
        bad = [str(line), *good.split(",")[1:]]
        bad[names.index(column)] = value
        rows.append(",".join(f'"{cell}"' for cell in bad))
    rows.append(good.replace("1", "last", 1))
    desk.put(f="\n".join([header, *rows]) + "\n")
    file = desk.one(mapping(kind, fields), now=NOW)
    assert file.counts["rejected"] == len(cases)
    assert file.counts["new"] + file.counts["unchanged"] == 2
    told = {line: (column, reason) for line, column, reason in faults(file)}
    for line, (column, _, value, says) in enumerate(cases, 3):
        assert told[line][0] == column, (value, told[line])
        assert says in told[line][1]
    assert file.rejects is not None
    with Path(file.rejects).open(encoding="utf-8-sig", newline="") as text:
        back = {int(row["_line"]): row for row in csv.DictReader(text)}
    assert [(back[line]["_column"], back[line][case[0]]) for line, case in enumerate(cases, 3)] == [
        (column, value) for column, _, value, _ in cases
    ]


def test_a_card_number_is_not_shown_in_the_report(desk: Desk) -> None:
    fields, header, _ = KINDS["payment_methods"]
    desk.put(f=f"{header}\n1,Acme,4242 4242 4242 4242,11/26,,\n")
    (fault,) = desk.one(mapping("payment_methods", fields), now=NOW).faults
    assert fault.value == "…4242"


@pytest.mark.parametrize(
    ("currency", "amount", "minor"), [("JPY", "1200", 1_200), ("KWD", "1.234", 1_234), ("eur", "0", 0)]
)
def test_currencies_have_their_own_decimals(desk: Desk, currency: str, amount: str, minor: int) -> None:
    fields, header, good = KINDS["lines"]
    desk.put(f=f"{header}\n{good.replace('100.00', amount).replace('EUR', currency)}\n")
    assert faults(desk.one(mapping("lines", fields), now=NOW)) == []
    assert (SubscriptionLine.objects.get().amount_minor, SubscriptionLine.objects.get().currency) == (
        minor,
        currency.upper(),
    )


def test_yen_have_no_cents_unless_they_are_rounded(desk: Desk) -> None:
    fields, header, good = KINDS["lines"]
    desk.put(f=f"{header}\n{good.replace('100.00', '12.50').replace('EUR', 'JPY')}\n")
    assert faults(desk.one(mapping("lines", fields), now=NOW)) == [(2, "price", "JPY has no decimals: 12.50 has more.")]
    rounded = fields.replace("amount: price", "amount: {column: price, rounds: true}")
    assert counts(desk.one(mapping("lines", rounded), now=NOW)) == {"read": 1, "new": 1}
    assert SubscriptionLine.objects.get().amount_minor == 12


def test_overlapping_and_back_dated_lines_land(desk: Desk) -> None:
    """Two lines of one product at once, one a year back, with a gap of a day: all are as the source says."""
    fields, header, good = KINDS["lines"]
    rows = [
        good,
        good.replace("1,Acme", "2,Acme"),
        good.replace("1,Acme", "3,Acme").replace("2025-01-01", "2023-12-31").replace("2024-01-01", "2023-01-01"),
        good.replace("1,Acme", "4,Acme").replace("2025-01-01", "").replace("2024-01-01", "2025-01-02"),
    ]
    desk.put(f="\n".join([header, *rows]) + "\n")
    assert counts(desk.one(mapping("lines", fields), now=NOW)) == {"read": 4, "new": 4}


@pytest.mark.parametrize(
    ("rule", "outcome", "total"),
    [
        ("reject", {"new": 1, "unchanged": 1, "rejected": 1}, [10_000]),
        ("first", {"new": 1, "unchanged": 1, "skipped": 1}, [10_000]),
        ("last", {"new": 1, "skipped": 2}, [20_000]),
        ("both", {"new": 2, "unchanged": 1}, [10_000, 20_000]),
    ],
)
@pytest.mark.parametrize("kind", ["lines", "invoices", "contracts"])
def test_a_key_that_stands_twice_follows_the_rule_and_both_lines_are_told(
    desk: Desk, kind: str, rule: str, outcome: dict[str, int], total: list[int]
) -> None:
    fields, header, good = KINDS[kind]
    good = good.replace("100.50", "100.00")
    desk.put(f="\n".join([header, good, good, good.replace("100.00", "200.00")]) + "\n")
    for expected in (outcome, {"read": 3}):
        file = desk.one(mapping(kind, fields, f"duplicates: {rule}, "), now=NOW)
        if "read" not in expected:
            assert {name: count for name, count in counts(file).items() if name != "read"} == expected
        told = [*(reason for _, _, reason in faults(file)), *file.warnings]
        assert any("2" in says and ("4" in says or faults(file)) for says in told), told
    model = {"lines": SubscriptionLine, "invoices": Invoice, "contracts": Contract}[kind]
    column = "amount_minor" if kind == "lines" else "total_minor"
    standing = model.objects.filter(known_until__isnull=True)  # type: ignore[attr-defined]
    assert sorted(standing.values_list(column, flat=True)) == total


@pytest.mark.parametrize(
    ("kind", "before", "after", "says"),
    [
        ("lines", "key: id, ", "", "lines need `key:`"),
        ("lines", "per: per, ", "per: {column: per, per: month}, ", "per is not an amount"),
        ("lines", "amount: price", "amount: {column: price, per: moon}", "'moon' is no time a price is for"),
        ("lines", "amount: price, ", "", "lines need amount, unit_price, mrr or arr"),
        ("lines", "{column: account, by: name}", "{column: account, by: name, unknown: create}", "only products"),
        ("lines", "product: product", "product: {column: product, by: domain}", "product is found by name, key or"),
        ("invoices", "total: total", "totl: total", "invoices have no field 'totl'. Did you mean total"),
        ("tickets", "opened_at: opened", "opened_at: opend", "f.csv has no column 'opend'. Did you mean opened"),
    ],
)  # fmt: skip
def test_a_mapping_that_makes_no_sense_is_refused(desk: Desk, kind: str, before: str, after: str, says: str) -> None:
    fields, header, good = KINDS[kind]
    desk.put(f=f"{header}\n{good}\n")
    text = mapping(kind, fields)
    assert before in text
    with pytest.raises(Refused) as refused:
        desk.run(text.replace(before, after, 1), now=NOW)
    assert says in refused.value.message


def test_a_later_statement_of_the_same_key_is_history_not_a_duplicate(desk: Desk) -> None:
    fields, header, good = KINDS["lines"]
    rows = [f"{good},2024-01-01T00:00:00Z", f"{good.replace(',5,', ',9,')},2024-06-01T00:00:00Z"]
    desk.put(f="\n".join([f"{header},at", *rows]) + "\n")
    file = desk.one(mapping("lines", fields, "known_at: at, "), now=NOW)
    assert faults(file) == []
    pieces = SubscriptionLine.objects.standing().order_by("starts_on").values_list("quantity", "known_at")
    assert list(pieces)[-1] == (9, datetime(2024, 6, 1, tzinfo=UTC))

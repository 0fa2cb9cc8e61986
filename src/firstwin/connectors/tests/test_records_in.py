"""Products, contracts, lines, invoices, cards, rates, tickets and churn come in through the example mappings."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.people import add_person
from firstwin.accounts.models import Account
from firstwin.connectors.actions.run_import import plan_import, run_import
from firstwin.connectors.report import Report
from firstwin.connectors.tests.files import NOW, Desk, counts, faults
from firstwin.core.models import Rate
from firstwin.revenue.models import ChurnRecord, Contract, Invoice, PaymentMethod, Product, SubscriptionLine
from firstwin.support.models import Ticket

EXAMPLES = Path(__file__).parents[4] / "examples"
pytestmark = pytest.mark.django_db

BILLING = {
    "products": "sku,title,series,counted_in\nP-1,Kite,Core,seats\nP-2,Kite Care,Services,\n",
    "rates": "day,from,to,rate\n2026-01-31,EUR,USD,1.25\n2026-01-31,JPY,USD,0.0065\n",
    "contracts": (
        "agreement,bill_to_domain,signed,valid_from,valid_through,cancel_before,evergreen,worth,money,changed\n"
        "C-7,acme.example,2025-12-02,2026-01-01,2027-01-31,2026-10-31,yes,13000.00,EUR,2026-01-02T08:00:00Z\n"
    ),
    "lines": (
        "position,agreement,bill_to_domain,sku,charged_as,units,price_each,priced_per,money,billed,valid_from,"
        "valid_through,as_of,changed\n"
        "L-1,C-7,acme.example,P-1,seats,13,100,13 months,EUR,quarterly,2026-01-01,2027-01-31,,2026-01-02T08:00:00Z\n"
        "L-2,C-7,acme.example,P-2,setup,1,1200,once,JPY,,2026-01-01,2026-01-31,,2026-01-02T08:00:00Z\n"
        "L-3,C-7,acme.example,P-1,seats,10,1.2345,day,KWD,,2026-02-28,,,2026-01-02T08:00:00Z\n"
        "L-4,C-7,acme.example,P-1,seats,1,-50,month,EUR,,2026-01-01,2026-01-31,,2026-01-02T08:00:00Z\n"
    ),
    "invoices": (
        "invoice,bill_to_domain,document,standing,issued,due,settled,cents,cents_paid,money,changed\n"
        "I-1,acme.example,invoice,overdue,2026-01-05,2026-02-04,,130000,0,EUR,2026-02-10T00:00:00Z\n"
        "I-2,acme.example,invoice,paid,2026-01-05,2026-02-04,2026-01-20T10:00:00Z,1200,1200,JPY,2026-01-20T10:00:00Z\n"
        "I-3,acme.example,credit note,open,2026-01-06,,,5000,0,EUR,2026-01-06T00:00:00Z\n"
        "I-4,acme.example,invoice,open,2026-01-06,,,-700,0,KWD,2026-01-06T00:00:00Z\n"
    ),
    "cards": (
        "card,bill_to_domain,brand,ending_in,exp_month,exp_year,is_main,added,changed\n"
        "K-1,acme.example,Visa,**** 0042,11,2026,true,2025-03-01T00:00:00Z,2026-01-02T08:00:00Z\n"
        "K-2,acme.example,Visa,7,12,27,false,2025-03-01T00:00:00Z,2026-01-02T08:00:00Z\n"
    ),
}


@pytest.fixture
def customer(acme: Account) -> Account:
    return acme


def run(name: str, folder: Path, files: dict[str, str], *, suffix: str = "csv", is_dry: bool = False) -> Report:
    for key, content in files.items():
        (folder / f"{key}.{suffix}").write_text(content, encoding="utf-8")
    paths = {key: folder / f"{key}.{suffix}" for key in files}
    plan = plan_import(mapping=EXAMPLES / f"{name}.yaml", paths=paths)
    return run_import(plan=plan, by=None, now=NOW, rejects=folder / "rejects", is_dry=is_dry)


def test_what_a_billing_system_exports(tmp_path: Path, customer: Account) -> None:
    report = run("billing", tmp_path, BILLING)
    assert [faults(file) for file in report.files] == [[]] * 6
    assert [file.counts["new"] for file in report.files] == [2, 2, 1, 4, 4, 2]
    assert list(Product.objects.values_list("name", "family", "unit").order_by("pk")) == [
        ("Kite", "Core", "seats"), ("Kite Care", "Services", "seats")
    ]  # fmt: skip
    assert Rate.objects.get(base="JPY").rate == Decimal("0.0065")

    contract = Contract.objects.get()
    # The last day of the term is in the file; the first day after it is kept.
    assert (contract.starts_on, contract.ends_on, contract.auto_renews) == (date(2026, 1, 1), date(2027, 2, 1), True)
    assert (contract.total_minor, contract.currency, contract.is_reconstructed) == (1_300_000, "EUR", False)

    lines = {line.external_id: line for line in SubscriptionLine.objects.all()}
    first, setup, daily, discount = (lines[f"L-{n}"] for n in range(1, 5))
    # 13 seats × 100.00 for 13 months are 100.00 a month.
    assert (first.amount_minor, first.price_period, first.mrr_minor, first.arr_minor) == (
        130_000, "13 months", 10_000, 120_000
    )  # fmt: skip
    assert (first.ends_on, first.billing_interval, first.quantity) == (date(2027, 2, 1), "quarter", 13)
    assert (setup.amount_minor, setup.currency, setup.charge, setup.arr_minor) == (1_200, "JPY", "one_off", 0)
    assert (daily.amount_minor, daily.arr_minor, daily.ends_on) == (12_345, 12_345 * 365, None)
    assert (discount.amount_minor, discount.arr_minor) == (-5_000, -60_000)
    assert report.files[3].warnings["The price is negative: it is taken as a discount."] == 1

    bills = {bill.external_id: bill for bill in Invoice.objects.standing().filter(valid_to__isnull=True)}
    assert [(bills[f"I-{n}"].kind, bills[f"I-{n}"].state, bills[f"I-{n}"].total_minor) for n in range(1, 5)] == [
        ("invoice", "open", 130_000),
        ("invoice", "paid", 1_200),
        ("credit_note", "open", -5_000),
        ("credit_note", "open", -700),
    ]
    cards = list(
        PaymentMethod.objects.standing().order_by("external_id").values_list("last4", "expires_on", "is_default")
    )
    assert cards == [("0042", date(2026, 12, 1), True), ("0007", date(2028, 1, 1), False)]

    again = run("billing", tmp_path, BILLING)
    assert [counts(file).get("unchanged") for file in again.files] == [2, 2, 1, 4, 4, 2]


def test_a_dry_run_says_what_would_come_and_stores_nothing(tmp_path: Path, customer: Account) -> None:
    report = run("billing", tmp_path, BILLING, is_dry=True)
    assert [faults(file) for file in report.files] == [[]] * 6
    assert [file.counts["new"] for file in report.files] == [2, 2, 1, 4, 4, 2]
    assert not SubscriptionLine.objects.exists() and not Product.objects.exists() and not Rate.objects.exists()


TICKETS = [
    {
        "id": 1, "updated_at": "2026-02-03T10:00:00Z", "requester": {"email": "Eve@acme.example"},
        "organization": {"domain": "acme.example"}, "subject": "Export fails", "via": "web", "status": "solved",
        "priority": "critical", "created_at": "2026-02-01T10:00:00Z", "first_reply_at": "2026-02-01T10:20:00Z",
        "solved_at": "2026-02-03T10:00:00Z", "reopens": 1, "rating": 9, "url": "https://desk.example/1",
    },
    {
        "id": 2, "updated_at": "2026-02-05T10:00:00Z", "requester": {"email": "nobody@acme.example"},
        "organization": {"domain": "acme.example"}, "subject": "How to", "status": "open", "priority": None,
        "created_at": "2026-02-05T10:00:00Z", "rating": "-", "due_at": "2026-02-09T10:00:00Z",
    },
    {
        "id": 3, "updated_at": "2026-02-05T10:00:00Z", "requester": {"email": "eve@acme.example"}, "subject": "Bill",
        "status": "open", "priority": "low", "created_at": "2026-02-05T11:00:00Z",
    },
]  # fmt: skip
LOSSES = (
    "account,product,kind,by_choice,avoidable,they_said,we_found,first_sign,notice,gone,arr_lost,went_to\n"
    "B-1,Kite,,yes,no,too dear,never rolled out,2025-11-01,2026-01-10,2026-02-01,1200,Soarly\n"
    "B-1,,downsell,no,,,,,,2026-03-01,99.999,\n"
)


def test_what_a_help_desk_exports(tmp_path: Path, customer: Account) -> None:
    open_account(by=None, name="Beta", now=NOW, external_ids=[("helpdesk", "B-1")])
    eve = add_person(by=None, name="Eve", email="eve@acme.example", now=NOW, account=customer)
    (tmp_path / "tickets.jsonl").write_text("".join(json.dumps(one) + "\n" for one in TICKETS))
    (tmp_path / "losses.csv").write_text(LOSSES)
    paths = {"tickets": tmp_path / "tickets.jsonl", "losses": tmp_path / "losses.csv"}
    plan = plan_import(mapping=EXAMPLES / "helpdesk.yaml", paths=paths)
    tickets, losses = run_import(plan=plan, by=None, now=NOW, rejects=tmp_path / "rejects").files
    assert (faults(tickets), counts(tickets)) == ([], {"read": 3, "new": 3})
    last = {ticket.external_id: ticket for ticket in Ticket.objects.standing().filter(valid_to__isnull=True)}
    one, two, three = last["1"], last["2"], last["3"]
    assert (one.person, one.priority, one.status, one.csat, one.reopens) == (eve, "urgent", "solved", 5, 1)
    assert one.first_response_at == datetime(2026, 2, 1, 10, 20, tzinfo=UTC)
    assert (two.person, two.priority, two.csat) == (None, "normal", None)
    assert tickets.warnings["person: not found here, left out."] == 1
    assert (three.account, three.person) == (customer, eve)  # by where the person works

    assert faults(losses) == []
    lost = ChurnRecord.objects.order_by("effective_on")
    assert list(lost.values_list("kind", "is_voluntary", "is_controllable", "lost_minor", "currency")) == [
        ("product", True, False, 120_000, "EUR"), ("downsell", False, None, 10_000, "EUR")
    ]  # fmt: skip
    assert Product.objects.get().name == "Kite"


LINES = """
source: crm
files:
  - name: lines
    kind: lines
    path: lines.{suffix}
    key: id
    fields:
      account: {{column: account, by: name}}
      product: product
      quantity: seats
      arr: arr
      starts_on: start
      ends_on: end
"""
CELLS = [
    ["id", "account", "product", "seats", "arr", "start", "end"],
    ["S1", "Acme", "Kite", "5", "1200.50", "2024-02-29", "2025-02-28"],
    ["S2", "ACME", "kite", "7", "0", "2025-03-01", ""],
]


def put(path: Path, cells: Sequence[Sequence[str]]) -> None:
    match path.suffix:
        case ".xlsx":
            book = openpyxl.Workbook()
            sheet: Any = book.active
            for row in cells:
                sheet.append([date.fromisoformat(c) if c[4:5] == "-" else c for c in row])
            book.save(path)
        case ".jsonl":
            head, *rows = cells
            path.write_text("".join(json.dumps(dict(zip(head, row, strict=True))) + "\n" for row in rows))
        case ".parquet":
            import pyarrow as pa
            import pyarrow.parquet as pq

            head, *rows = cells
            pq.write_table(pa.table(dict(zip(head, zip(*rows, strict=True), strict=True))), path)
        case _:
            mark = "\t" if path.suffix == ".tsv" else ","
            path.write_text("".join(mark.join(row) + "\n" for row in cells))


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx", "jsonl", "parquet"])
def test_lines_are_the_same_from_every_format(desk: Desk, customer: Account, suffix: str) -> None:
    put(desk.folder / f"lines.{suffix}", CELLS)
    file = desk.one(LINES.format(suffix=suffix), now=NOW)
    assert (faults(file), counts(file)) == ([], {"read": 2, "new": 2})
    names = ("account__name", "product__name", "quantity", "arr_minor", "starts_on", "ends_on", "origin_line")
    lines = SubscriptionLine.objects.order_by("external_id").values_list(*names)
    offset = 1 if suffix in {"jsonl", "parquet"} else 2  # these have no header to count
    assert list(lines) == [
        ("Acme", "Kite", 5, 120_050, date(2024, 2, 29), date(2025, 2, 28), offset),
        ("Acme", "Kite", 7, 0, date(2025, 3, 1), None, offset + 1),
    ]


def test_a_changed_line_is_amended_or_corrected_as_the_mapping_says(desk: Desk, customer: Account) -> None:
    mapping = LINES.format(suffix="csv")
    put(desk.folder / "lines.csv", CELLS)
    desk.run(mapping, now=datetime(2025, 4, 1, tzinfo=UTC))
    put(desk.folder / "lines.csv", [CELLS[0], ["S2", "Acme", "Kite", "9", "0", "2025-03-01", ""]])
    assert counts(desk.one(mapping, now=datetime(2025, 6, 1, 12, tzinfo=UTC))) == {"read": 1, "changed": 1}
    pieces = SubscriptionLine.objects.standing().filter(external_id="S2").order_by("starts_on")
    assert list(pieces.values_list("quantity", "starts_on", "ends_on")) == [
        (7, date(2025, 3, 1), date(2025, 6, 1)), (9, date(2025, 6, 1), None)
    ]  # fmt: skip
    put(desk.folder / "lines.csv", [CELLS[0], ["S2", "Acme", "Kite", "11", "0", "2025-03-01", ""]])
    corrected = mapping.replace("kind: lines", "kind: lines\n    changes: correct")
    desk.run(corrected, now=datetime(2025, 7, 1, tzinfo=UTC))
    assert set(pieces.all().values_list("quantity", flat=True)) == {11}


def test_an_account_that_only_a_dry_run_knows_takes_lines(desk: Desk, db: None) -> None:
    mapping = (
        "source: crm\nfiles:\n  - {name: accounts, kind: accounts, path: accounts.csv, key: id, fields: {name: name}}\n"
        + LINES.format(suffix="csv").split("files:\n")[1]
    )
    desk.put(accounts="id,name\n1,Acme\n")
    put(desk.folder / "lines.csv", CELLS)
    report = desk.run(mapping, is_dry=True)
    assert [counts(file) for file in report.files] == [{"read": 1, "new": 1}, {"read": 2, "new": 2}]
    assert not SubscriptionLine.objects.exists()

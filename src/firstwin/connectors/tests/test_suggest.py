"""What a file seems to hold: types with their evidence, the record kind, fields, and a mapping that reads back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstwin.connectors.kinds.fields import FIELDS
from firstwin.connectors.mapping.detect import guess_column
from firstwin.connectors.mapping.read import read_mapping
from firstwin.connectors.mapping.suggest import Choices, suggest


@pytest.mark.parametrize(
    ("name", "cells", "type", "formats"),
    [
        ("start", ["16-10-2024", "03-04-2024", ""], "day", ("%d-%m-%Y",)),
        ("start", ["10/16/2024", "04/03/2024"], "day", ("%m/%d/%Y",)),
        ("start", ["2024-02-29", "2024-03-01"], "day", ("iso",)),
        ("start", ["3 Feb 2024", "29 Feb 2024"], "day", ("%d %b %Y",)),
        ("closed", ["28-07-2023 03:00", "09-07-2024 17:00"], "moment", ("%d-%m-%Y %H:%M",)),
        ("at", ["2024-03-05T14:30:00Z"], "moment", ("iso",)),
        ("created_at", ["1700000000", "1700000001"], "moment", ("epoch_s",)),
        ("created", ["1700000000000"], "moment", ("epoch_ms",)),
        ("seats", ["12", "1,200"], "number", ()),
        ("mrr_amount", ["12.50", "99"], "money", ()),
        ("fee", ["$1,200.00", "$3"], "money", ()),
        ("paid", ["TRUE", "FALSE"], "flag", ()),
        ("is_open", ["1", "0", "1"], "flag", ()),
        ("mail", ["a@x.example", "b@x.example"], "email", ()),
        ("site", ["https://x.example/a", "y.example"], "domain", ()),
        ("cur", ["EUR", "USD"], "currency", ()),
        ("id", ["A-2e4581", "A-43a9e3"], "id", ()),
        ("tier", ["Basic", "Pro"] * 5, "choice", ()),
        ("text", ["hello there", "not a 12"], "text", ()),
        ("none", ["", " "], "blank", ()),
    ],
)
def test_types_are_told(name: str, cells: list[str], type: str, formats: tuple[str, ...]) -> None:
    found = guess_column(name, cells)
    assert (found.type, found.formats, found.is_ambiguous) == (type, formats, False)


def test_days_that_could_be_two_are_told_with_the_cell_that_could() -> None:
    found = guess_column("start", ["03/03/2024", "04/05/2024"])
    assert (found.formats, found.is_ambiguous, found.evidence) == (("%d/%m/%Y", "%m/%d/%Y"), True, "04/05/2024")
    settled = guess_column("start", ["03/03/2024", "04/05/2024", "13/05/2024"])
    assert (settled.formats, settled.is_ambiguous, settled.evidence) == (("%d/%m/%Y",), False, "13/05/2024")
    same_either_way = guess_column("start", ["03/03/2024"])
    assert not same_either_way.is_ambiguous


def test_a_decimal_comma_is_told_by_the_cell_that_shows_it() -> None:
    found = guess_column("betrag", ["1.234,50", "12"])
    assert (found.type, found.decimal, found.evidence) == ("number", ",", "1.234,50")


SUBSCRIPTIONS = (
    ["subscription_id", "account_id", "start_date", "end_date", "plan_tier", "seats", "mrr_amount", "arr_amount",
     "is_trial", "billing_frequency"],
    [["S-1", "A-1", "23-12-2023", "12-04-2024", "Pro", "14", "2786", "33432", "FALSE", "monthly"],
     ["S-2", "A-2", "11-06-2024", "", "Basic", "17", "833", "9996", "TRUE", "annual"]],
)  # fmt: skip


def test_a_file_of_lines_is_recognised_and_its_mapping_written() -> None:
    found = suggest(None, *SUBSCRIPTIONS)
    assert (found.kind, found.key) == ("lines", "subscription_id")
    chosen = {guess.field: guess.column for guess in found.fields}
    assert chosen == {
        "key": "subscription_id", "account": "account_id", "product": "plan_tier", "starts_on": "start_date",
        "ends_on": "end_date", "quantity": "seats", "mrr": "mrr_amount", "trial": "is_trial",
        "billing_interval": "billing_frequency",
    }  # fmt: skip
    (file,) = read_mapping(found.to_yaml()).mapping.files
    assert (file.kind, file.fields["starts_on"].do[0].date) == ("lines", ["%d-%m-%Y"])


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("accounts", ["account_id", "account_name", "industry", "country"]),
        ("people", ["contact_id", "full_name", "email", "company_id"]),
        ("touches", ["activity_id", "account_id", "activity_type", "activity_date", "subject", "duration"]),
        ("products", ["sku", "product_name", "category"]),
        ("contracts", ["contract_id", "customer_id", "start_date", "end_date", "auto_renew", "contract_value"]),
        ("invoices", ["invoice_id", "customer_id", "invoice_date", "due_date", "total", "currency", "status"]),
        ("payment_methods", ["card_id", "customer_id", "brand", "last4", "expiry"]),
        ("churn", ["churn_event_id", "account_id", "churn_date", "reason_code", "feedback"]),
        ("tickets", ["ticket_id", "account_id", "created_at", "status", "priority", "satisfaction_score"]),
        ("rates", ["date", "base", "quote", "rate"]),
    ],
)
def test_kinds_are_told_by_their_headers(kind: str, header: list[str]) -> None:
    assert suggest(None, header, []).kind == kind


def test_what_a_person_chose_is_what_is_written() -> None:
    found = suggest("invoices", ["no", "kunde", "am", "betrag"], [["1", "acme.example", "03/04/2024", "1.234,50"]])
    choices = Choices(
        "invoices",
        {"key": "no", "account": "kunde", "issued_on": "am", "total": "betrag"},
        name="bills",
        source="erp",
        formats={"am": "%m/%d/%Y"},
        constants={"currency": "EUR"},
        duplicates="last",
    )
    mapping = read_mapping(found.to_yaml(choices)).mapping
    (file,) = mapping.files
    assert (mapping.source, file.name, file.kind, file.duplicates) == ("erp", "bills", "invoices", "last")
    assert file.fields["account"].by == "domain"
    assert file.fields["issued_on"].do[0].date == ["%m/%d/%Y"]
    assert file.fields["total"].do[0].number is not None
    assert file.fields["currency"].constant == "EUR"


@settings(max_examples=40, deadline=None)
@given(
    header=st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12), max_size=6),
    cells=st.lists(st.text(max_size=12), max_size=6),
    kind=st.sampled_from([None, *FIELDS]),
)
def test_whatever_a_file_holds_its_suggestion_reads_back(header: list[str], cells: list[str], kind: str | None) -> None:
    found = suggest(kind, header, [cells, cells])
    assert read_mapping(found.to_yaml()).mapping.files[0].kind == found.kind

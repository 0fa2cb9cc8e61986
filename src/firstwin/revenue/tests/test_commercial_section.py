"""The commercial section of an account: figures with their rows, lines over time, invoices, and any past day."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.people.models import User
from firstwin.revenue.section.asof import AsOf
from firstwin.revenue.section.figures import figures_of, yearly
from firstwin.revenue.section.ledger import ledger_of
from firstwin.revenue.section.renewal import renewals_of
from firstwin.revenue.standing import standing_of
from firstwin.revenue.tests.screen_rows import (
    LONG_AGO,
    a_card,
    a_contract,
    a_line,
    a_loss,
    a_product,
    a_rate,
    an_invoice,
    moment,
    today,
)

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def section(client: Client, query: str = "") -> str:
    answer = client.get(f"/accounts/acme/commercial/{query}")
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def words(account: Account, **asof: str) -> dict[str, tuple[str, str, str]]:
    ledger = ledger_of(account, AsOf.of(asof, clock.now()))
    return {one.key: (one.value, one.note, one.tone) for one in figures_of(ledger)}


def test_the_owner_sees_what_renews_what_is_owed_and_what_expires(
    client_of: ClientOf, owner: User, acme: Account
) -> None:
    desk = a_product()
    a_line(
        acme,
        -200,
        165,
        4_800_00,
        product=desk,
        quantity=40,
        renews_on=today(165),
        notice_on=today(75),
        auto_renews=True,
    )
    an_invoice(acme, -50, 1_240_000)
    a_card(acme, 12)
    text = section(client_of(owner))
    for expected in (
        "$4,800",
        "40",
        "in 165 days · renews by itself",
        "in 75 days",
        "$12,400",
        "20 days late, 1 invoice",
    ):
        assert expected in text
    assert "Visa 4242" in text and "expires in 12 days" in text
    assert "Subscription lines of Acme over time" in text
    assert "Freight desk" in text


def test_teammates_see_it_and_strangers_do_not(
    client_of: ClientOf, teammate: User, stranger: User, acme: Account
) -> None:
    line, invoice = a_line(acme, -10, 100), an_invoice(acme, -50)
    assert "$1,200" in section(client_of(teammate))
    for address in (
        "", "why/arr/", f"lines/{line.pk}/", f"invoices/{invoice.pk}/", "churn/new/",
    ):  # fmt: skip
        assert client_of(stranger).get(f"/accounts/acme/commercial/{address}").status_code == 404


def test_nothing_known_says_what_would_stand_here(client_of: ClientOf, owner: User, acme: Account) -> None:
    assert "Nothing agreed or billed yet" in section(client_of(owner))


def test_trials_and_one_off_charges_are_shown_but_not_counted(acme: Account) -> None:
    a_line(acme, -10, 20, 0, "T", is_trial=True)
    a_line(acme, -10, 20, 0, "O", charge="one_off", amount_minor=50_000)
    assert words(acme)["arr"] == ("$0", "trial only", "")
    assert words(acme)["seats"][0] == "–"


def test_a_past_day_has_its_own_figures(client_of: ClientOf, owner: User, acme: Account) -> None:
    a_line(acme, -400, -100, 100_000, "L")
    a_line(acme, -100, 265, 250_000, "L")
    then = today(-200).isoformat()
    assert words(acme)["arr"][0] == "$2,500"
    assert words(acme, on=then)["arr"][0] == "$1,000"
    text = section(client_of(owner), f"?on={then}")
    assert "$1,000" in text and "As known then" in text and f"on={then}" in text


def test_a_past_day_as_it_was_known_then_leaves_out_what_came_later(acme: Account) -> None:
    a_line(acme, -400, 100, 100_000, "L", known_at=moment(-5))
    then = today(-200).isoformat()
    assert words(acme, on=then)["arr"][0] == "$1,000"
    assert words(acme, on=then, known="then")["arr"][0] == "–"


@pytest.mark.parametrize("text", ["yesterday", "2026-13-40", "9999-01-01", "0001-01-01", "\x00", "2026-01-01T00:00"])
def test_a_day_that_makes_no_sense_is_said_and_shown_as_today(
    client_of: ClientOf, owner: User, acme: Account, text: str
) -> None:
    a_line(acme, -10, 100)
    answer = client_of(owner).get("/accounts/acme/commercial/", {"on": text, "lines": "-3", "invoices": "x.y"})
    assert answer.status_code == 200


def test_another_currency_stands_beside_its_rate_and_its_day(acme: Account) -> None:
    a_rate("EUR", "1.1")
    a_line(acme, -10, 100, 100_000, currency="EUR")
    value, note, _ = words(acme)["arr"]
    assert value == "$1,100"
    assert "€1,000 at 1.1 of" in note and str(today(-10).year) in note


def test_without_a_rate_nothing_is_summed_and_it_says_so(client_of: ClientOf, owner: User, acme: Account) -> None:
    a_line(acme, -10, 100, 100_000, "A")
    a_line(acme, -10, 100, 1_000_000, "B", currency="KWD")
    value, note, _ = words(acme)["arr"]
    assert value == "KWD\xa01,000 + $1,000"
    assert note == "no rate from KWD to USD, so not summed"
    assert "no rate from KWD" in section(client_of(owner))


def test_every_figure_opens_to_its_rows_with_where_they_came_from(
    client_of: ClientOf, owner: User, acme: Account
) -> None:
    a_line(acme, -10, 100, name="SUB-7", origin_run=12, origin_line=340, is_reconstructed=True)
    a_line(acme, -10, 20, 0, "TRIAL-9", is_trial=True)
    an_invoice(acme, -50)
    a_card(acme, -3)
    client = client_of(owner)
    for figure in ("arr", "seats", "renewal", "notice", "overdue", "card"):
        assert client.get(f"/accounts/acme/commercial/why/{figure}/").status_code == 200
    text = client.get("/accounts/acme/commercial/why/arr/").content.decode()
    for expected in ("SUB-7", "import 12", "line 340", "read then", "TRIAL-9", "trial"):
        assert expected in text
    assert client.get("/accounts/acme/commercial/why/health/").status_code == 404


def test_a_line_tells_its_pieces_and_what_was_believed_before(client_of: ClientOf, owner: User, acme: Account) -> None:
    a_line(acme, -300, 65, 100_000, "L", known_until=moment(-100))
    a_line(acme, -300, -100, 100_000, "L", known_at=moment(-100))
    piece = a_line(acme, -100, 65, 200_000, "L", known_at=moment(-100))
    text = client_of(owner).get(f"/accounts/acme/commercial/lines/{piece.pk}/").content.decode()
    assert "Believed before (1)" in text and "$2,000 per year" in text
    assert client_of(owner).get(f"/accounts/acme/commercial/lines/{piece.pk + 999}/").status_code == 404


def test_ended_lines_wait_behind_a_button(client_of: ClientOf, owner: User, acme: Account) -> None:
    a_line(acme, -10, 100, name="NOW")
    a_line(acme, -400, -30, name="OVER")
    client = client_of(owner)
    assert "OVER" not in section(client) and "Show 1 ended" in section(client)
    assert "OVER" in section(client, "?ended=1")


def test_lines_and_invoices_are_paged(client_of: ClientOf, owner: User, acme: Account) -> None:
    for n in range(45):
        a_line(acme, -10 - n, 100, name=f"LINE-{n:03}")
        an_invoice(acme, -400 + n, state="paid", name=f"INV-{n:03}")
    client = client_of(owner)
    first, last = section(client), section(client, "?lines=3")
    assert first.count("LINE-") == 20 and last.count("LINE-") == 5
    assert "1 to 12 of 45" in first and "INV-044" in first and "INV-001" not in first
    older = first.split("invoices=")[1].split("#")[0].split('"')[0]
    second = section(client, f"?invoices={older}")
    assert "13 to 24 of 45" in second and "INV-032" in second and "INV-033" not in second


def test_an_invoice_says_how_it_stands_and_how_it_got_there(client_of: ClientOf, owner: User, acme: Account) -> None:
    an_invoice(acme, -80, state="open", name="LATE", valid_to=moment(-40))
    paid = an_invoice(acme, -80, state="paid", name="LATE", valid_from=moment(-40))
    an_invoice(acme, -20, -5_000, name="CN-1", kind="credit_note")
    client = client_of(owner)
    text = section(client)
    assert "10 days late" in text and "credit note" in text
    assert "Overdue" in section(client, f"?on={today(-45).isoformat()}")
    story = client.get(f"/accounts/acme/commercial/invoices/{paid.pk}/").content.decode()
    assert "Open, due" in story and "Paid" in story


def test_the_head_agrees_with_what_lists_show(acme: Account) -> None:
    """The list rows are computed for many at once, the section for one: they must say the same."""
    now = clock.now()
    a_rate("EUR", "1.08375")
    a_line(acme, -100, 30, 99_999, "A", currency="EUR", notice_on=today(10))
    a_line(acme, -100, 300, 55_555, "B", renews_on=today(200), notice_on=today(150), auto_renews=True)
    a_line(acme, -100, 300, 0, "M", charge="metered", quantity=7)
    a_line(acme, -100, 300, 0, "T", is_trial=True, quantity=500)
    a_line(acme, -100, -100, 77, "Z")
    a_contract(acme, -100, 265, renews_on=today(190), notice_on=today(100), auto_renews=False)
    a_contract(acme, -100, 265, "K-2", renews_on=today(20), cancelled_on=today(-3))
    an_invoice(acme, -90, 1_234_567, name="E", currency="EUR", paid_minor=34_567)
    an_invoice(acme, -60, 10_001)
    a_card(acme, 500, "old", is_default=False)
    a_card(acme, 40)
    for days in (0, -50, -95, -200):
        asof = AsOf.of({"on": today(days).isoformat()}, now)
        ledger = ledger_of(acme, asof)
        said = standing_of([acme.pk], today(days), now=now).get(acme.pk)
        assert said is not None
        arr = ledger.exchange.total(yearly(ledger))
        assert (arr.minor if arr is not None else None) == said.arr_minor
        coming = renewals_of(ledger)
        renewal = (coming.on, coming.notice_on, coming.auto_renews) if coming.on else None
        assert renewal == (
            (said.renewal.on, said.renewal.notice_on, said.renewal.auto_renews) if said.renewal else None
        )
        counted = [piece.quantity for piece in ledger.subscriptions if piece.quantity is not None]
        assert (sum(counted) if counted else None) == said.seats
        assert (ledger.card.expires_on if ledger.card else None) == said.card_expires_on


def test_the_reads_do_not_grow_with_the_rows(client_of: ClientOf, owner: User, acme: Account) -> None:
    def filled(n: int) -> None:
        a_line(acme, -10, 100, name=f"L{n}", product=a_product(f"Desk {n}"))
        an_invoice(acme, -50, name=f"I{n}")
        a_card(acme, 30, f"C{n}")
        a_contract(acme, -10, 100, f"K{n}")
        a_loss(acme, -5, f"X{n}")

    client = client_of(owner)
    filled(1)
    one = reads(lambda: section(client))
    filled(2)
    filled(3)
    assert reads(lambda: section(client)) == one


def reads(ask: Callable[[], Any]) -> int:
    ask()
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def test_two_hundred_lines_and_three_hundred_invoices_are_read_at_once(
    client_of: ClientOf, owner: User, acme: Account
) -> None:
    for n in range(100):
        a_line(acme, -900 + n, -300 + n, 10_000 + n, f"L{n}", known_at=LONG_AGO)
        a_line(acme, -300 + n, 300 - n, 20_000 + n, f"L{n}", known_at=LONG_AGO)
    for n in range(300):
        an_invoice(acme, -400 + n, state="open" if n % 7 == 0 else "paid", name=f"I{n}")
    client = client_of(owner)
    many = reads(lambda: client.get("/accounts/acme/commercial/", headers={"HX-Request": "true"}))
    assert many < 60, many

"""Contracts, money and tickets of the demo: the told ones as `stories.py` says, and all of them legal."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db.models import Sum

from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.demo.load import Loaded
from firstwin.demo.stories import STORIES
from firstwin.revenue.models import ChurnRecord, Invoice, SubscriptionLine
from firstwin.support.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fernhill")]
KNOWN = {story.key: story.known for story in STORIES}
NAMES = {story.key: story.name for story in STORIES}


def account_of(story: str) -> Account:
    return Account.objects.get(name=NAMES[story])


def seats(account: Account, on: date) -> int:
    plan = account.lines.standing().in_force(on).filter(product__key="fernhill-plan")
    return plan.aggregate(n=Sum("quantity"))["n"] or 0


def days_ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def test_the_card_ran_out_and_a_bill_is_open() -> None:
    account = account_of("expired-card")
    card = account.payment_methods.standing().true_at(clock.now()).get()
    assert card.expires_on == clock.today().replace(day=1)
    unpaid = account.invoices.standing().true_at(clock.now()).filter(state="open")
    assert unpaid.count() == KNOWN["expired-card"]["unpaid"]


def test_two_bills_are_overdue() -> None:
    overdue = account_of("late-payer").invoices.standing().true_at(clock.now()).overdue(clock.today())
    assert overdue.count() == KNOWN["late-payer"]["overdue"]
    oldest = min(bill.due_on for bill in overdue if bill.due_on)
    assert (clock.today() - oldest).days == KNOWN["late-payer"]["overdue_days"]


def test_the_storm_stands_before_the_renewal() -> None:
    account, known = account_of("ticket-storm"), KNOWN["ticket-storm"]
    tickets = account.tickets.standing().true_at(clock.now())
    assert tickets.filter(opened_at__gte=clock.start_of(days_ago(25))).count() >= known["storm"]
    assert tickets.undone().count() >= known["storm"] // 3
    line = account.lines.standing().in_force(clock.today()).filter(product__key="fernhill-plan").get()
    assert line.renews_on == days_ago(-known["renewal_in"])


def test_seats_were_given_back() -> None:
    account, known = account_of("downsell"), KNOWN["downsell"]
    before, since = days_ago(known["downsell_ago"] + 1), days_ago(known["downsell_ago"])
    assert (seats(account, before), seats(account, since)) == (known["seats_before"], known["seats"])
    loss = account.churn_records.standing().get()
    lines = account.lines.standing()
    fell = sum(line.arr_minor for line in lines.in_force(before)) - sum(
        line.arr_minor for line in lines.in_force(since)
    )
    assert (loss.kind, loss.effective_on, loss.lost_minor) == ("downsell", since, fell)


def test_they_left_and_came_back() -> None:
    account, known = account_of("win-back"), KNOWN["win-back"]
    found = [seats(account, days_ago(known[word] + shift)) for word in ("left", "back") for shift in (1, 0)]
    assert found[0] > 0 and found[1] == found[2] == 0 and found[3] > 0
    loss = account.churn_records.standing().get()
    assert (loss.effective_on, loss.won_back_on) == (days_ago(known["left"]), days_ago(known["back"]))


def test_what_was_believed_of_a_line_can_be_asked() -> None:
    """Before the seats were given back, everybody expected them to stay to the end of the term."""
    account, known = account_of("downsell"), KNOWN["downsell"]
    day = days_ago(known["downsell_ago"] + 5)
    then = SubscriptionLine.objects.known_by(clock.start_of(day)).filter(account=account).in_force(days_ago(0))
    assert sum(line.quantity or 0 for line in then.filter(product__key="fernhill-plan")) == known["seats_before"]


def test_pieces_of_a_record_follow_one_another(fernhill: Loaded) -> None:
    for model in (Invoice, Ticket):
        rows = model.objects.standing().order_by("source", "external_id", "valid_from")
        for one, two in pairwise(rows.values_list("external_id", "valid_from", "valid_to")):
            if one[0] == two[0]:
                assert one[2] == two[1], one


def test_whoever_left_has_nothing_in_force(fernhill: Loaded) -> None:
    for loss in ChurnRecord.objects.standing().filter(kind="logo", won_back_on=None):
        paid = loss.account.lines.standing().in_force(max(loss.effective_on, clock.today())).paid()
        assert not paid.exists(), loss.account.name


def test_nothing_happened_later_than_the_end_day(fernhill: Loaded) -> None:
    midnight = clock.start_of(clock.today())
    for model in (Invoice, Ticket, SubscriptionLine, ChurnRecord):
        assert not model.objects.filter(known_at__gte=midnight).exists()

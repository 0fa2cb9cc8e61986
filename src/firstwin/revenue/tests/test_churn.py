"""Losses with their reasons: recorded, corrected and taken back by people."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from firstwin.accounts.models import Account
from firstwin.accounts.tests.page_reader import HTMX, at, toast_of, undo_in
from firstwin.people.models import AuditRow, User
from firstwin.revenue.models import ChurnRecord
from firstwin.revenue.tests.screen_rows import a_loss, a_product, today

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
NEW = "/accounts/acme/commercial/churn/new/"
WHOLE = {
    "kind": "product", "effective_on": today(-3).isoformat(), "product": "freight-desk", "stated_reason": "price",
    "root_cause": "never reached the first win", "is_voluntary": "yes", "is_controllable": "no", "lost": "4,800.50",
    "refund": "100", "currency": "eur", "first_signal_on": today(-90).isoformat(), "notice_on": today(-33).isoformat(),
    "won_back_on": "", "competitor": "Planwise", "comment": "Said so on the call.", "review_url": "https://example.com/r",
}  # fmt: skip


def standing() -> list[ChurnRecord]:
    return list(ChurnRecord.objects.standing().order_by("pk"))


def test_a_loss_is_recorded_with_all_its_reasons_and_taken_back(
    client_of: ClientOf, owner: User, acme: Account
) -> None:
    a_product()
    client = client_of(owner)
    done = client.post(NEW, WHOLE, headers=at("commercial"))
    assert toast_of(done) == "Churn recorded" and b"went to Planwise" in done.content
    (row,) = standing()
    assert (row.kind, row.is_voluntary, row.is_controllable) == ("product", True, False)
    assert (row.lost_minor, row.refund_minor, row.currency) == (480_050, 10_000, "EUR")
    assert (row.first_signal_on, row.notice_on, row.effective_on) == (today(-90), today(-33), today(-3))
    assert AuditRow.objects.filter(did="churn.recorded", account_id=acme.pk).count() == 1
    client.post(undo_in(done))
    assert standing() == []


def test_a_correction_keeps_what_was_said_before(client_of: ClientOf, owner: User, acme: Account) -> None:
    a_product()
    client = client_of(owner)
    client.post(NEW, WHOLE, headers=at("commercial"))
    (row,) = standing()
    address = f"/accounts/acme/commercial/churn/{row.external_id[1:]}/correction/"
    assert 'value="4800.50"' in client.get(address, headers=HTMX).content.decode()
    same = client.post(address, WHOLE, headers=at("commercial"))
    assert toast_of(same) == "Nothing changed"
    done = client.post(address, {**WHOLE, "root_cause": "sponsor left"}, headers=at("commercial"))
    (now,) = standing()
    assert now.root_cause == "sponsor left" and now.external_id == row.external_id
    story = client.get(f"/accounts/acme/commercial/churn/{now.pk}/").content.decode()
    assert "Believed before (1)" in story and "never reached the first win" in story
    client.post(undo_in(done))
    assert [one.root_cause for one in standing()] == ["never reached the first win"]


def test_what_was_taken_back_can_be_brought_back(client_of: ClientOf, owner: User, acme: Account) -> None:
    a_product()
    client = client_of(owner)
    client.post(NEW, WHOLE, headers=at("commercial"))
    (row,) = standing()
    gone = client.post(f"/accounts/acme/commercial/churn/{row.external_id[1:]}/retraction/", headers=at("commercial"))
    assert standing() == []
    client.post(undo_in(gone))
    assert [one.external_id for one in standing()] == [row.external_id]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"effective_on": ""}, "This field is required"),
        ({"effective_on": "2026-02-30"}, "Enter a valid date"),
        ({"effective_on": "9999-01-01"}, "too far away"),
        ({"won_back_on": today(-30).isoformat()}, "Nobody comes back before they leave"),
        ({"lost": "lots"}, "is not an amount"),
        ({"lost": "-5"}, "without a minus"),
        ({"lost": "1.234"}, "decimals"),
        ({"currency": "XXZ"}, "is not an ISO 4217 currency"),
        ({"product": ""}, "Say which product"),
        ({"product": "nothing"}, "not one of the available choices"),
        ({"review_url": "javascript:alert(1)"}, "starts with https"),
        ({"kind": "mood"}, "not one of the available choices"),
        ({"stated_reason": "x" * 121}, "at most 120"),
    ],
)
def test_nonsense_is_refused_beside_its_field_and_what_was_typed_is_kept(
    client_of: ClientOf, owner: User, acme: Account, wrong: dict[str, str], says: str
) -> None:
    a_product()
    answer = client_of(owner).post(NEW, {**WHOLE, **wrong}, headers=at("commercial"))
    assert answer.status_code == 422 and standing() == []
    text = answer.content.decode()
    assert says in text and "Said so on the call." in text


def test_amounts_follow_their_currency(client_of: ClientOf, owner: User, acme: Account) -> None:
    a_product()
    client_of(owner).post(NEW, {**WHOLE, "lost": "1200", "refund": "", "currency": "JPY"}, headers=at("commercial"))
    client_of(owner).post(NEW, {**WHOLE, "lost": "1.250", "refund": "", "currency": "KWD"}, headers=at("commercial"))
    assert [(one.lost_minor, one.currency) for one in standing()] == [(1_200, "JPY"), (1_250, "KWD")]


def test_readers_and_strangers_change_nothing(
    client_of: ClientOf, viewer: User, stranger: User, teammate: User, acme: Account
) -> None:
    a_product()
    assert client_of(viewer).post(NEW, WHOLE).status_code == 403
    assert client_of(stranger).post(NEW, WHOLE).status_code == 404
    assert standing() == []
    assert client_of(teammate).post(NEW, WHOLE).status_code == 302
    assert len(standing()) == 1


def test_what_a_source_told_is_changed_there(client_of: ClientOf, owner: User, acme: Account) -> None:
    a_loss(acme, -5, "CH-1")
    text = client_of(owner).get("/accounts/acme/commercial/").content.decode()
    assert "Whole account" in text and "Take this record back" not in text
    assert client_of(owner).get("/accounts/acme/commercial/churn/CH-1/correction/").status_code == 404


def test_two_who_correct_at_once_do_not_lose_a_word(client_of: ClientOf, owner: User, acme: Account) -> None:
    from firstwin.core import clock
    from firstwin.core.errors import Refused
    from firstwin.revenue.actions.record_churn import Loss, correct_churn, record_churn

    first = record_churn(by=owner, account=acme, loss=Loss(effective_on=today()), now=clock.now())
    said: dict[str, Any] = {"effective_on": today(), "root_cause": "late"}
    correct_churn(by=owner, row=first, loss=Loss(**said), now=clock.now())
    with pytest.raises(Refused, match="meanwhile"):
        correct_churn(by=owner, row=first, loss=Loss(effective_on=today(), root_cause="early"), now=clock.now())
    assert [one.root_cause for one in standing()] == ["late"]

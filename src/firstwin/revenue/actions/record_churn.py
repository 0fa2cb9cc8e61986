"""Record a loss with its reasons, correct it, take it back: what people know and no system tells."""

import secrets
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction

from firstwin.accounts import rules
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.models import Account
from firstwin.accounts.rules import Actor
from firstwin.core.clock import day_of
from firstwin.core.errors import NotFound, Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.money import exponent
from firstwin.core.text import is_clean
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable
from firstwin.revenue.models import ChurnKind, ChurnRecord, Product

STAFF = "staff"
EARLIEST = date(1970, 1, 1)


@dataclass(frozen=True)
class Loss:
    """What was lost and why. lost_minor, refund_minor: minor units of `currency`. None: nobody knows."""

    effective_on: date
    kind: ChurnKind = ChurnKind.LOGO
    product: Product | None = None
    is_voluntary: bool | None = None
    is_controllable: bool | None = None
    stated_reason: str = ""
    root_cause: str = ""
    first_signal_on: date | None = None
    notice_on: date | None = None
    won_back_on: date | None = None
    is_reactivation: bool = False
    currency: str = ""
    lost_minor: int | None = None
    refund_minor: int | None = None
    competitor: str = ""
    comment: str = ""
    review_url: str = ""


NAMES = tuple(field.name for field in fields(Loss))


def loss_of(row: ChurnRecord) -> Loss:
    """What a record says now."""
    return Loss(**{name: getattr(row, name) for name in NAMES})


def record_churn(*, by: Actor, account: Account, loss: Loss, now: datetime) -> ChurnRecord:
    """A new record. Raises NotAllowed, NotFound, or Refused at the field that does not fit."""
    rules.require_edit(by, [account])
    check_loss(loss, now)
    with transaction.atomic():
        row = _write(account.pk, f"~{secrets.token_hex(8)}", loss, now)
        failpoint("churn.after_row")
        record(by=by, did="churn.recorded", on=row, now=now, account_id=account.pk, after=_told(loss))
        _mark(account.pk, now)
    return row


def correct_churn(*, by: Actor, row: ChurnRecord, loss: Loss, now: datetime) -> ChurnRecord:
    """Supersede `row` by what `loss` says. Raises Refused when it was changed meanwhile or came from a source."""
    rules.require_edit(by, [row.account])
    _require_ours(row)
    check_loss(loss, now)
    before = loss_of(row)
    if before == loss:
        return row
    with transaction.atomic():
        _stand_down(row, now)
        fresh = _write(row.account_id, row.external_id, loss, now)
        changed = {name for name in NAMES if getattr(before, name) != getattr(loss, name)}
        record(
            by=by, did="churn.corrected", on=fresh, now=now, account_id=row.account_id,
            before=_told(before, changed), after=_told(loss, changed),
        )  # fmt: skip
        _mark(row.account_id, now)
    return fresh


def retract_churn(*, by: Actor, row: ChurnRecord, now: datetime) -> None:
    """Say that it was no loss. The record stays in the trail."""
    rules.require_edit(by, [row.account])
    _require_ours(row)
    with transaction.atomic():
        _stand_down(row, now)
        record(by=by, did="churn.retracted", on=row, now=now, account_id=row.account_id, before=_told(loss_of(row)))
        _mark(row.account_id, now)


@undoable("churn.recorded")
def unrecord(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"record": external id}."""
    row = _standing(payload["record"])
    if row is not None:
        retract_churn(by=None, row=row, now=now)


@undoable("churn.corrected")
def uncorrect(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"record": external id, "version": the row it was before, "became": the row it is now}."""
    row = _standing(payload["record"])
    if row is None or row.pk != payload["became"]:
        raise Refused("It was changed again since. Look at it again.")
    correct_churn(by=None, row=row, loss=loss_of(_version(payload)), now=now)


@undoable("churn.retracted")
def rerecord(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"record": external id, "version": the row it was}."""
    if _standing(payload["record"]) is not None:
        return
    version = _version(payload)
    with transaction.atomic():
        row = _write(version.account_id, version.external_id, loss_of(version), now)
        record(by=by, did="churn.restored", on=row, now=now, account_id=version.account_id)
        _mark(version.account_id, now)


def check_loss(loss: Loss, now: datetime) -> None:
    """Raises Refused at the field that does not fit."""
    today = day_of(now)
    for name in ("first_signal_on", "notice_on", "effective_on", "won_back_on"):
        on = getattr(loss, name)
        if on is not None and not EARLIEST <= on <= today.replace(year=today.year + 10, day=min(today.day, 28)):
            raise Refused("That day is too far away.", field=name)
    if loss.won_back_on is not None and loss.won_back_on < loss.effective_on:
        raise Refused("Nobody comes back before they leave.", field="won_back_on")
    if loss.kind == ChurnKind.PRODUCT and loss.product is None:
        raise Refused("Say which product was given up.", field="product")
    _check_amounts(loss)
    if not all(is_clean(getattr(loss, name)) for name in ("stated_reason", "root_cause", "competitor", "comment")):
        raise Refused("The text holds characters that cannot be stored.", field="comment")
    if loss.review_url and not loss.review_url.startswith(("https://", "http://")):
        raise Refused("A link starts with https://.", field="review_url")


def _check_amounts(loss: Loss) -> None:
    if (loss.lost_minor is not None or loss.refund_minor is not None) and not loss.currency:
        raise Refused("An amount needs its currency.", field="currency")
    if loss.currency:
        exponent(loss.currency)
    if loss.lost_minor is not None and loss.lost_minor < 0:
        raise Refused("A loss is written without a minus.", field="lost")
    if loss.refund_minor is not None and loss.refund_minor < 0:
        raise Refused("A refund is written without a minus.", field="refund")


def _write(account_id: int, external_id: str, loss: Loss, now: datetime) -> ChurnRecord:
    said = {name: getattr(loss, name) for name in NAMES}
    return ChurnRecord.objects.create(
        account_id=account_id,
        source=STAFF,
        external_id=external_id,
        known_at=now,
        stated_at=now,
        recorded_at=now,
        **said,
    )


def _stand_down(row: ChurnRecord, now: datetime) -> None:
    if not ChurnRecord.objects.standing().filter(pk=row.pk).supersede(now):
        raise Refused("This record was changed or taken back meanwhile. Look at it again.")


def _require_ours(row: ChurnRecord) -> None:
    if row.source != STAFF:
        raise Refused(f"This record comes from {row.source}. Change it there; the next import brings it here.")


def _standing(external_id: str) -> ChurnRecord | None:
    rows = ChurnRecord.objects.standing().filter(source=STAFF, external_id=external_id)
    return rows.select_related("account", "product").first()


def _version(payload: dict[str, Any]) -> ChurnRecord:
    rows = ChurnRecord.objects.filter(pk=payload["version"], source=STAFF, external_id=payload["record"])
    version = rows.select_related("account", "product").first()
    if version is None:
        raise NotFound("That record is not there any more.")
    return version


def _told(loss: Loss, names: set[str] | None = None) -> dict[str, Any]:
    """For the trail: what is known, in words and numbers."""
    said = {name: getattr(loss, name) for name in NAMES if names is None or name in names}
    if said.get("product") is not None:
        said["product"] = said["product"].name
    return {name: value for name, value in said.items() if names is not None or value not in (None, "", False)}


def _mark(account_id: int, now: datetime) -> None:
    bump_revision([account_id])
    refresh_now([account_id], now=now)

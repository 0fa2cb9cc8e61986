"""Which account a place is: what a person says stands above what names suggest."""

from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction

from firstwin.accounts.actions.identity import add_domains
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.models import Account, AccountExternalId
from firstwin.core.errors import NotFound, Refused
from firstwin.core.failpoints import failpoint
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable
from firstwin.usage.models import Source
from firstwin.usage.rules import Actor, require_set_up
from firstwin.usage.store.models import Place
from firstwin.usage.store.router import EVENTS

CHOSEN = "chosen"

Payload = dict[str, Any]
"""{"place": number, "was": what stood, "became": what stands}: what an undo needs."""


def mean(*, by: Actor, place: Place, account: Account | None, now: datetime) -> Payload:
    """Say that `place` is `account`, or that it is none we know. Names no longer decide then. All its events, earlier
    ones too, belong to that account from now on. Raises NotAllowed, NotFound."""
    require_set_up(by)
    told = {"account": account.pk if account else None, "how": CHOSEN, "is_ignored": False}
    payload = _say(by, place.pk, told, "place.meant", now)
    _settle_residents(place.pk, now)
    return payload


def open_from_place(*, by: Actor, place: Place, name: str, now: datetime) -> Payload:
    """Open an account for `place`, called `name`, with the domain its calls told, known by this id from now on.
    Raises NotAllowed, NotFound, or Refused where the place means an account already or the name cannot be one."""
    require_set_up(by)
    held = _held(place.pk)
    if held.account is not None:
        raise Refused("This customer is matched already.")
    source = Source.objects.filter(pk=held.source).first()
    with transaction.atomic():
        account = open_account(by=by, name=name, now=now)
        if source is not None:
            named = {"source": source.key, "external_id": held.key}
            times = {"recorded_at": now, "seen_at": now}
            AccountExternalId.objects.get_or_create(**named, defaults={"account": account, **times})
        if held.domain:
            add_domains(account=account, names=[held.domain], now=now)
        refresh_now([account.pk], now=now)
        failpoint("place.opened")
        return mean(by=by, place=held, account=account, now=now)


def ignore_place(*, by: Actor, place: Place, now: datetime, is_ignored: bool = True) -> Payload:
    """Leave a place out of all figures: a test company of ours. Its events are kept. Raises NotAllowed, NotFound."""
    require_set_up(by)
    return _say(by, place.pk, {"is_ignored": is_ignored}, "place.ignored", now)


def _say(by: Actor, pk: int, told: dict[str, Any], did: str, now: datetime) -> Payload:
    from firstwin.usage.compact.matching import touch

    with transaction.atomic(), transaction.atomic(using=EVENTS):
        held = Place.objects.select_for_update().filter(pk=pk).first()
        if held is None:
            raise NotFound("There is no such customer.")
        was = {name: getattr(held, name) for name in ("account", "how", "is_ignored")}
        became = was | told
        Place.objects.filter(pk=pk).update(**became)
        touch({account for account in (was["account"], became["account"]) if account}, now=now)
        record(by=by, did=did, on=held, now=now, account_id=became["account"], before=was, after=became)
        failpoint("place.said")
    return {"place": pk, "was": was, "became": became}


def _settle_residents(pk: int, now: datetime) -> None:
    """The people who were there become known at the account: the first ten thousand at once, others in time."""
    from firstwin.usage.compact.knowing import residents, touch_homes
    from firstwin.usage.compact.people import settle_people

    for actors in islice(residents({pk}), 1):
        settle_people(actors, now=now)
        touch_homes(actors, now=now)


def _held(pk: int) -> Place:
    held = Place.objects.filter(pk=pk).first()
    if held is None:
        raise NotFound("There is no such customer.")
    return held


def _take_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    held, was, became = _held(payload["place"]), payload["was"], payload["became"]
    if any(getattr(held, name) != value for name, value in became.items()):
        raise Refused("Somebody changed it since.")
    require_set_up(by)
    _say(by, held.pk, was, "place.unsaid", now)


@undoable("place.meant")
def unmean(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: what `mean` returned."""
    _take_back(by=by, payload=payload, now=now)


@undoable("place.opened")
def unopen(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: what `open_from_place` returned. The account stays, with the id: somebody may have worked on it."""
    _take_back(by=by, payload=payload, now=now)


@undoable("place.ignored")
def unignore(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: what `ignore_place` returned."""
    _take_back(by=by, payload=payload, now=now)

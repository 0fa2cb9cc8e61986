"""A process that dies between any two steps of the compaction leaves the next one to end in the same state."""

from datetime import UTC, datetime
from typing import Any

import pytest

from firstwin.accounts.models import Account, AccountExternalId, Membership, Person
from firstwin.core import failpoints
from firstwin.usage.compact.refresh import refresh_touched
from firstwin.usage.compact.run import compact_once
from firstwin.usage.models import Source
from firstwin.usage.store.models import (
    Actor,
    EventName,
    Inbox,
    Lease,
    Place,
    Rejected,
    Residence,
    SourceHour,
    Touched,
)
from firstwin.usage.tests.test_compact_rows import arrived, track
from firstwin.usage.tests.test_compact_run import stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 10, 13, tzinfo=UTC)

POINTS = [
    "compact.identity.before",
    "compact.identity.after",
    "compact.accounts.opened",
    "compact.places.before",
    "compact.places.after",
    "compact.people.received",
    "compact.people.before",
    "compact.people.after",
    "compact.read",
    "compact.stored",
    "usage.refresh.bumped",
    "usage.refresh.published",
]


class Killed(BaseException):
    pass


def world() -> None:
    source = Source.objects.create(key="app", name="App", adds_accounts=True, recorded_at=NOW)
    acme = Account.objects.create(key="acme", name="Acme", recorded_at=NOW)
    AccountExternalId.objects.create(account=acme, source="app", external_id="c-1", recorded_at=NOW, seen_at=NOW)
    told = {"userId": "u1", "timestamp": "2026-03-09T10:00:00Z"}
    calls = [
        {"type": "identify", "messageId": "i", "traits": {"name": "Ada", "email": "ada@acme.test"}, **told},
        {"type": "group", "messageId": "g", "groupId": "c-1", **told},
        {"type": "group", "messageId": "h", "groupId": "c-2", "traits": {"name": "Beta"}, "userId": "u2"},
        track(messageId="t", timestamp="2026-03-09T11:00:00Z"),
        track(userId="null"),
    ]
    arrived(source, {"batch": calls}, at=NOW)


def work(now: datetime) -> None:
    while compact_once(now) or refresh_touched(now):
        pass


def outcome() -> Any:
    accounts = dict(Account.objects.values_list("pk", "key"))
    actors = Actor.objects.values_list("key", "name", "email", "person")
    places = Place.objects.values_list("key", "account", "how", "events")
    return (
        len(stored()),
        sorted(accounts.values()),
        sorted(Person.objects.values_list("name", "email")),
        sorted((accounts[pk], at) for pk, at in Membership.objects.values_list("account", "valid_from")),
        sorted((key, name, email, person is None) for key, name, email, person in actors),
        sorted((key, accounts.get(pk or 0), how, events) for key, pk, how, events in places),
        Residence.objects.count(),
        list(EventName.objects.values_list("name", "events")),
        list(SourceHour.objects.values_list("batches", "events", "repeated", "rejected", "unresolved")),
        list(Rejected.objects.values_list("code", flat=True)),
        (Inbox.objects.count(), Touched.objects.count(), Actor.objects.filter(is_told=True).count()),
    )


EXPECTED = (
    4,
    ["acme", "beta"],
    [("Ada", "ada@acme.test")],
    [("acme", datetime(2026, 3, 9, 10, tzinfo=UTC))],
    [("u:u1", "Ada", "ada@acme.test", False), ("u:u2", "", "", True)],
    [("c-1", "acme", "external_id", 3), ("c-2", "beta", "external_id", 1)],
    2,
    [("Opened", 1)],
    [(1, 4, 0, 1, 0)],
    ["junk_id"],
    (0, 0, 0),
)


@pytest.mark.parametrize("point", ["", *POINTS])
def test_whatever_was_cut_off_is_done_by_the_next(point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world()

    def kill(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr("firstwin.core.failpoints.os.kill", kill)
    monkeypatch.setattr(failpoints, "_hits", {})
    if point:
        monkeypatch.setenv("FAILPOINT", point)
        with pytest.raises(Killed):
            work(NOW)
        monkeypatch.delenv("FAILPOINT")
        Lease.objects.update(until_at=NOW)  # its time is over
    work(LATER)
    assert outcome() == EXPECTED

"""Sources and write keys: who may, what may be taken back, what a revoked key can do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstwin.core.errors import Conflict, NotAllowed, Refused
from firstwin.people.audit import trail
from firstwin.people.undo import offer_undo, use_undo
from firstwin.usage.actions.sources import (
    archive_source,
    edit_source,
    make_key,
    open_source,
    revoke_key,
    told,
)
from firstwin.usage.ingest.write_keys import source_of
from firstwin.usage.models import Source

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def source(operations) -> Source:
    return open_source(by=operations, name="Web app", kind="web", now=NOW)


def test_a_source_is_opened_by_those_who_set_things_up(operations, owner, viewer) -> None:
    source = open_source(by=operations, name="  Web   app ", kind="web", now=NOW)
    assert (source.name, source.key, source.adds_people, source.adds_accounts) == ("Web app", "web-app", True, False)
    for person in (owner, viewer):
        with pytest.raises(NotAllowed):
            open_source(by=person, name="Mine", kind="web", now=NOW)
    assert [row.did for row in trail(source)] == ["source.opened"]


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [("", "web", "name"), ("x" * 121, "web", "name"), ("a\x00b", "web", "name"), ("Fine", "toaster", "kind")],
)
def test_what_makes_no_sense_is_refused_at_its_field(name, kind, field, operations) -> None:
    with pytest.raises(Refused) as refused:
        open_source(by=operations, name=name, kind=kind, now=NOW)
    assert refused.value.field == field


def test_names_are_told_apart_and_keys_never_repeat(source, operations) -> None:
    with pytest.raises(Refused):
        open_source(by=operations, name="WEB APP", kind="web", now=NOW)
    assert open_source(by=operations, name="Web, app", kind="web", now=NOW).key == "web-app-2"
    assert open_source(by=operations, name="Staff", kind="web", now=NOW).key == "staff-2"


def test_of_two_edits_at_once_the_second_is_shown_the_first(source, operations) -> None:
    said: dict[str, Any] = {"kind": "server", "adds_people": False, "adds_accounts": True}
    edited = edit_source(by=operations, source=source, name="App", edition=1, now=NOW, **said)
    assert told(edited) == {"name": "App", **said}
    with pytest.raises(Conflict) as conflict:
        edit_source(by=operations, source=source, name="Site", edition=1, now=NOW, **said)
    assert conflict.value.theirs == {"Name": "App"}


def test_an_edit_is_taken_back(source, operations) -> None:
    before = told(source)
    edited = edit_source(
        by=operations, source=source, name="App", edition=1, now=NOW, **{k: v for k, v in before.items() if k != "name"}
    )
    payload = {"source": source.pk, "before": before, "edition": edited.edition}
    undo = offer_undo(by=operations, verb="source.edited", payload=payload, says="App", now=NOW)
    use_undo(by=operations, pk=undo.pk, now=NOW)
    assert Source.objects.get().name == "Web app"


def test_a_key_speaks_for_its_source_until_it_is_revoked(source, operations, owner) -> None:
    key = make_key(by=operations, source=source, label="checkout", now=NOW)
    assert source_of(key.token) == source.pk
    with pytest.raises(NotAllowed):
        revoke_key(by=owner, key=key, now=NOW)
    revoke_key(by=operations, key=key, now=NOW)
    assert source_of(key.token) is None
    undo = offer_undo(by=operations, verb="write_key.revoked", payload={"key": key.pk}, says="Revoked", now=NOW)
    use_undo(by=operations, pk=undo.pk, now=NOW + timedelta(minutes=1))
    assert source_of(key.token) == source.pk


def test_an_archived_source_is_not_spoken_for(source, operations) -> None:
    key = make_key(by=operations, source=source, label="", now=NOW)
    archive_source(by=operations, source=source, now=NOW)
    assert source_of(key.token) is None
    with pytest.raises(Refused):
        make_key(by=operations, source=source, label="", now=NOW)
    undo = offer_undo(by=operations, verb="source.archived", payload={"source": source.pk}, says="Archived", now=NOW)
    use_undo(by=operations, pk=undo.pk, now=NOW)
    assert source_of(key.token) == source.pk


@pytest.mark.parametrize("token", ["", "x" * 65, "a\x00b", "unknown", "\ud800"])
def test_nonsense_is_no_key(token) -> None:
    assert source_of(token) is None

"""The debugger: why events were turned down, replay, and customers nobody matched yet."""

from datetime import timedelta

import pytest

from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.people.models import Undo, User
from firstwin.usage.actions.begin_source import begin_source
from firstwin.usage.compact.refusals import Code
from firstwin.usage.models import Source
from firstwin.usage.screens.reasons import REASONS
from firstwin.usage.store.models import Inbox, Place, Rejected

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    return begin_source(by=None, name="Web app", kind="web", now=clock.now())


def turned_down(source: Source, event: str = "Report Opened", code: str = "junk_id", **more: object) -> Rejected:
    told = {
        "source": source.pk, "received_at": clock.now(), "code": code, "says": f"It is {code}.", "call": "track",
        "event": event, "body": b'{"type": "track", "userId": "null", "event": "x"}', **more,
    }  # fmt: skip
    return Rejected.objects.create(**told)


def unknown(source: Source, key: str = "acme-9", **more: object) -> Place:
    now = clock.now()
    return Place.objects.create(source=source.pk, key=key, first_at=now, last_at=now, events=7, **more)


def test_every_reason_has_a_title_and_a_way_to_mend_it() -> None:
    assert {str(code) for code in Code} - REASONS.keys() == set()


def test_each_rejection_stands_with_its_sentence_and_how_to_mend_it(operations, client_of, source) -> None:
    turned_down(source)
    page = client_of(operations).get("/usage/debugger/").content.decode()
    assert "It is junk_id." in page
    assert REASONS["junk_id"].title in page
    assert "anonymousId" in page


def test_filters_narrow_by_source_reason_event_and_person(operations, client_of, source) -> None:
    other = begin_source(by=None, name="Server", kind="server", now=clock.now())
    turned_down(source, "Alpha")
    turned_down(other, "Beta", "bad_time", body=b'{"userId": "u-7"}')
    client = client_of(operations)
    for query, seen, unseen in (
        ("source=server", "Beta", "Alpha"),
        ("code=junk_id", "Alpha", "Beta"),
        ("event=bet", "Beta", "Alpha"),
        ("person=U-7", "Beta", "Alpha"),
    ):
        rows = client.get(f"/usage/debugger/?{query}").content.decode().split('id="rejected"')[1]
        assert seen in rows, query
        assert unseen not in rows, query


def test_the_newest_come_first_and_older_ones_on_the_next_page(operations, client_of, source) -> None:
    now = clock.now()
    for n in range(103):
        turned_down(source, f"Event {n:03}", received_at=now - timedelta(minutes=n))
    client = client_of(operations)
    page = client.get("/usage/debugger/").content.decode()
    assert page.index("Event 000") < page.index("Event 001")
    assert "Event 100" not in page
    older = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    page = client.get(older.replace("&amp;", "&")).content.decode()
    assert [f"Event {n:03}" in page for n in (99, 100, 102)] == [False, True, True]


def test_what_comes_meanwhile_is_told_without_moving_the_list(operations, client_of, source) -> None:
    first = turned_down(source)
    client = client_of(operations)
    assert client.get(f"/usage/debugger/fresh/?after={first.pk}").status_code == 204
    turned_down(source)
    assert "1 new" in client.get(f"/usage/debugger/fresh/?after={first.pk}").content.decode()


def test_one_is_replayed(operations, client_of, source) -> None:
    one, other = turned_down(source), turned_down(source)
    client_of(operations).post("/usage/debugger/replay/", {"pk": one.pk})
    assert bytes(Inbox.objects.get().body) == bytes(one.body)
    assert list(Rejected.objects.filter(replayed_at__isnull=True)) == [other]


def test_all_of_a_reason_are_replayed_and_others_left(operations, client_of, source) -> None:
    for _ in range(3):
        turned_down(source)
    other = turned_down(source, code="bad_time")
    client = client_of(operations)
    assert client.post("/usage/debugger/replay/", {"code": "junk_id"}).status_code == 302
    assert Inbox.objects.count() == 3
    assert list(Rejected.objects.filter(replayed_at__isnull=True)) == [other]
    assert client.post("/usage/debugger/replay/", {"code": "junk_id"}).status_code == 422


def test_a_warning_is_not_replayed(operations, client_of, source) -> None:
    one = turned_down(source, code="too_many_names")
    client = client_of(operations)
    assert "Taken up all the same" in client.get("/usage/debugger/").content.decode()
    assert client.post("/usage/debugger/replay/", {"pk": one.pk}).status_code == 422
    assert Inbox.objects.count() == 0


def test_only_who_sets_up_sees_what_customers_send(owner, viewer, client_of, source) -> None:
    one, place = turned_down(source), unknown(source)
    addresses = ("", "accepted/", "fresh/", "customers/", f"rejected/{one.pk}/", f"customers/{place.pk}/")
    for user in (owner, viewer):
        assert [client_of(user).get(f"/usage/debugger/{address}").status_code for address in addresses] == [403] * 6
        assert client_of(user).post("/usage/debugger/replay/", {"pk": one.pk}).status_code == 403
        assert client_of(user).post(f"/usage/debugger/customers/{place.pk}/", {"is": "ignored"}).status_code == 403


def test_a_customer_is_matched_by_what_is_suggested(operations, client_of, source, acme: Account) -> None:
    place = unknown(source, name="ACME")
    client = client_of(operations)
    page = client.get("/usage/debugger/customers/").content.decode()
    assert "it has this name" in page
    client.post(f"/usage/debugger/customers/{place.pk}/", {"is": "account", "account": acme.key})
    place.refresh_from_db()
    assert (place.account, place.how) == (acme.pk, "chosen")
    assert "Every customer is known" in client.get("/usage/debugger/customers/").content.decode()


def test_a_match_is_taken_back(operations: User, client_of, source, acme: Account) -> None:
    place = unknown(source)
    client = client_of(operations)
    client.post(f"/usage/debugger/customers/{place.pk}/", {"is": "account", "account": acme.key})
    client.post(f"/undo/{Undo.objects.get(user=operations).pk}/")
    place.refresh_from_db()
    assert place.account is None


def test_an_account_is_opened_for_it(operations, client_of, source) -> None:
    place = unknown(source, name="Nimbus Foods")
    client_of(operations).post(f"/usage/debugger/customers/{place.pk}/", {"is": "new", "name": "Nimbus Foods"})
    place.refresh_from_db()
    assert Account.objects.get(key="nimbus-foods").external_ids.get(source="web-app").external_id == "acme-9"


def test_one_that_does_not_count_is_put_aside_and_comes_back(operations, client_of, source) -> None:
    place = unknown(source, name="Our test company")
    client = client_of(operations)
    client.post(f"/usage/debugger/customers/{place.pk}/", {"is": "ignored"})
    assert "acme-9" not in client.get("/usage/debugger/customers/").content.decode()
    assert "acme-9" in client.get("/usage/debugger/customers/?show=ignored").content.decode()
    client.post(f"/usage/debugger/customers/{place.pk}/", {"is": "unknown"})
    assert "acme-9" in client.get("/usage/debugger/customers/").content.decode()


def test_what_makes_no_sense_is_refused(operations, client_of, source) -> None:
    place = unknown(source)
    client = client_of(operations)
    for said in ({}, {"is": "x"}, {"is": "account"}, {"is": "new", "name": ""}):
        assert client.post(f"/usage/debugger/customers/{place.pk}/", said).status_code == 422
    assert client.post(f"/usage/debugger/customers/{place.pk}/", {"is": "account", "account": "no"}).status_code == 404
    for address in ("?before=99999999999999999999", "?before=x", "?source=%00", "?event=%00", "?person=%F0%9F"):
        assert client.get(f"/usage/debugger/{address}").status_code == 200


def test_places_at_one_and_many_cost_the_same(operations, client_of, source, django_assert_max_num_queries) -> None:
    for n in range(12):
        unknown(source, key=f"c-{n}", name=f"Customer {n}", domain=f"c{n}.example")
    client = client_of(operations)
    with django_assert_max_num_queries(30):
        client.get("/usage/debugger/customers/")

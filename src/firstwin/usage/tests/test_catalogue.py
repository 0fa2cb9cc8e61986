"""What events mean: said once, dated, taken back; and the page on which people say it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstwin.core.errors import NotAllowed, NotFound, Refused
from firstwin.people.models import AuditRow, Undo, User
from firstwin.people.undo import offer_undo, use_undo
from firstwin.revenue.actions.products import add_product, merge_product
from firstwin.usage.actions.meanings import mean_each, mean_feature
from firstwin.usage.catalogue import Meaning, edition, meanings
from firstwin.usage.screens.names import Catalogue
from firstwin.usage.store.models import EventName
from firstwin.usage.store.router import EVENTS

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def name(words: str, kind: str = "track", events: int = 1) -> int:
    row = EventName.objects.create(kind=kind, name=words, first_at=NOW, last_at=NOW, events=events)
    return int(row.pk)


def test_a_name_nobody_spoke_of_is_plain_use() -> None:
    name("Report Opened")
    assert meanings() == {}
    assert edition() == 0


def test_what_was_meant_at_a_past_moment_can_be_asked_again(operations: User) -> None:
    report = name("Report Opened")
    mean_feature(by=operations, features=[report], is_core=True, label="Reports", now=NOW)
    first = edition()
    mean_feature(by=operations, features=[report], is_ignored=True, now=LATER)
    assert meanings(NOW - timedelta(seconds=1)) == {}
    assert meanings(NOW) == {report: Meaning(label="Reports", is_core=True)}
    assert meanings() == meanings(LATER) == {report: Meaning(label="Reports", is_core=True, is_ignored=True)}
    assert edition() > first


def test_saying_the_same_again_changes_nothing(operations: User) -> None:
    report = name("Report Opened")
    mean_feature(by=operations, features=[report], means="activation", now=NOW)
    before = edition()
    assert mean_feature(by=operations, features=[report], means="activation", now=LATER) == {}
    assert edition() == before
    assert AuditRow.objects.filter(did="usage.meant").count() == 1


def test_a_change_of_many_is_taken_back_as_one(operations: User) -> None:
    some = [name("A"), name("B")]
    mean_feature(by=operations, features=some[:1], label="Old", now=NOW)
    before = mean_feature(by=operations, features=some, means="first_win", now=LATER)
    undo = offer_undo(by=operations, verb="usage.meaning", payload={"before": before}, says="Said", now=LATER)
    use_undo(by=operations, pk=undo.pk, now=LATER + timedelta(minutes=1))
    assert {feature: meaning for feature, meaning in meanings().items() if meaning != Meaning()} == {
        some[0]: Meaning(label="Old")
    }
    assert meanings(LATER)[some[1]].means == "first_win"


def test_undo_leaves_what_somebody_said_since(operations: User) -> None:
    some = [name("A"), name("B")]
    before = mean_feature(by=operations, features=some, is_core=True, now=NOW)
    mean_feature(by=operations, features=some[:1], label="Mine", now=NOW + timedelta(minutes=1))
    undo = offer_undo(by=operations, verb="usage.meaning", payload={"before": before}, says="Said", now=NOW)
    use_undo(by=operations, pk=undo.pk, now=NOW + timedelta(minutes=2))
    assert meanings()[some[0]] == Meaning(label="Mine", is_core=True)
    assert meanings()[some[1]] == Meaning()


def test_a_merged_product_is_read_as_the_one_that_stays(operations: User) -> None:
    report = name("Report Opened")
    old = add_product(by=operations, name="Insight", now=NOW)
    new = add_product(by=operations, name="Insights", now=NOW)
    mean_feature(by=operations, features=[report], product=old, now=NOW)
    merge_product(by=operations, product=old, into=new, now=NOW)
    assert meanings()[report].product_id == new.pk


def test_only_operations_and_admins_say_it(owner: User, viewer: User) -> None:
    report = name("Report Opened")
    for user in (owner, viewer):
        with pytest.raises(NotAllowed):
            mean_feature(by=user, features=[report], is_core=True, now=NOW)
    assert meanings() == {}


def test_what_cannot_be_is_refused() -> None:
    parent, child = name("Parent"), name("Child")
    mean_feature(by=None, features=[child], parent=parent, now=NOW)
    with pytest.raises(Refused, match="under itself"):
        mean_feature(by=None, features=[parent], parent=child, now=NOW)
    with pytest.raises(Refused, match="activation"):
        mean_feature(by=None, features=[child], means="joy", now=NOW)
    with pytest.raises(Refused, match="product"):
        mean_feature(by=None, features=[child], product=999, now=NOW)
    with pytest.raises(NotFound):
        mean_feature(by=None, features=[child], parent=999_999, now=NOW)
    with pytest.raises(NotFound):
        mean_feature(by=None, features=[999_999], is_core=True, now=NOW)
    with pytest.raises(TypeError):
        mean_feature(by=None, features=[child], is_great=True, now=NOW)
    assert meanings() == {child: Meaning(parent=parent)}


def test_each_name_may_be_told_something_else() -> None:
    one, two = name("One"), name("Two")
    mean_each(by=None, told={one: {"is_core": True}, two: {"is_ignored": True}}, now=NOW)
    assert meanings() == {one: Meaning(is_core=True), two: Meaning(is_ignored=True)}


# --- the page -----------------------------------------------------------------------------------------------


def test_the_page_lists_names_with_what_they_mean_and_what_belongs_under_them(operations: User, client_of) -> None:
    parent, child = name("Report Opened", events=5), name("Report Filtered", events=50)
    name("Zebra", events=20)
    mean_feature(by=operations, features=[child], parent=parent, now=NOW)
    mean_feature(by=operations, features=[parent], is_core=True, means="activation", now=NOW)
    page = client_of(operations).get("/usage/events/").content.decode()
    assert page.index("Zebra") < page.index("Report Opened") < page.index("Report Filtered")
    assert 'data-depth="1"' in page
    assert "Core workflow" in page


def test_filters_show_only_what_fits(operations: User, client_of) -> None:
    core, noise = name("Report Opened"), name("Heartbeat")
    mean_feature(by=operations, features=[core], is_core=True, label="Reports", now=NOW)
    mean_feature(by=operations, features=[noise], is_ignored=True, now=NOW)
    name("Plain One")
    client = client_of(operations)

    def listed(query: str) -> list[bool]:
        text = client.get(f"/usage/events/?{query}").content.decode()
        return [f"/usage/events/{pk}/" in text for pk in (core, noise)] + ["Plain One" in text]

    assert listed("show=core") == [True, False, False]
    assert listed("show=ignored") == [False, True, False]
    assert listed("show=plain") == [False, False, True]
    assert listed("q=repor") == [True, False, False]
    assert listed("show=nonsense&from=x") == [True, True, True]


def test_many_are_told_at_once_and_taken_back(operations: User, client_of) -> None:
    some = [name("A"), name("B"), name("C")]
    client = client_of(operations)
    client.post("/usage/events/meanings/", {"row": some[:2], "change": "core"})
    assert [meanings().get(pk, Meaning()).is_core for pk in some] == [True, True, False]
    client.post(f"/undo/{Undo.objects.get(user=operations).pk}/")
    assert [meanings().get(pk, Meaning()).is_core for pk in some] == [False, False, False]


def test_all_that_match_are_told_at_once(operations: User, client_of) -> None:
    for n in range(3):
        name(f"Debug {n}")
    other = name("Report")
    told = {"all_matching": "1", "q": "debug", "change": "ignored"}
    client_of(operations).post("/usage/events/meanings/", told)
    assert len(meanings()) == 3
    assert other not in meanings()


def test_a_product_is_given_to_many(operations: User, client_of) -> None:
    one = name("A")
    product = add_product(by=operations, name="Insights", now=NOW)
    client = client_of(operations)
    client.post("/usage/events/meanings/", {"row": [one], "change": "product:insights"})
    assert meanings()[one].product_id == product.pk
    client.post("/usage/events/meanings/", {"row": [one], "change": "no_product"})
    assert meanings()[one].product_id is None


def test_one_name_is_told_by_its_form_and_keeps_its_history(operations: User, client_of) -> None:
    one, parent = name("rpt_open"), name("Reports")
    client = client_of(operations)
    said = {"label": "Report opened", "means": "first_win", "parent": parent, "is_core": "on"}
    assert client.post(f"/usage/events/{one}/", said).status_code == 302
    assert meanings()[one] == Meaning(label="Report opened", parent=parent, is_core=True, means="first_win")
    page = client.get(f"/usage/events/{one}/").content.decode()
    assert "Called Report opened, core workflow, means first win, under Reports" in page
    assert operations.name in page


def test_what_the_form_cannot_mean_comes_back(operations: User, client_of) -> None:
    one = name("A")
    client = client_of(operations)
    assert client.post(f"/usage/events/{one}/", {"label": "x" * 121}).status_code == 422
    assert client.post(f"/usage/events/{one}/", {"parent": str(one)}).status_code == 422
    assert client.post(f"/usage/events/{one}/", {"product": "none-such\x00"}).status_code == 422
    for said in ({}, {"row": ["x"]}, {"row": [one], "change": "joy"}, {"row": [one], "change": "product:no"}):
        assert client.post("/usage/events/meanings/", said).status_code == 422
    assert client.post("/usage/events/meanings/", {"row": ["999"], "change": "core"}).status_code == 404
    assert client.get("/usage/events/999/").status_code == 404
    assert meanings() == {}


def test_others_read_and_change_nothing(owner: User, viewer: User, client_of) -> None:
    one = name("A")
    for user in (owner, viewer):
        client = client_of(user)
        assert client.get("/usage/events/").status_code == 200
        assert "Save" not in client.get(f"/usage/events/{one}/").content.decode()
        assert client.post(f"/usage/events/{one}/", {"label": "Mine"}).status_code == 403
        assert client.post("/usage/events/meanings/", {"row": [one], "change": "core"}).status_code == 403
    assert meanings() == {}


def test_the_list_is_exported_without_formulas(operations: User, client_of) -> None:
    one = name("=1+1", events=3)
    mean_feature(by=operations, features=[one], is_core=True, now=NOW)
    answer = client_of(operations).get("/usage/events/export/")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'=1+1" in lines[1]
    assert ",yes," in lines[1]


def test_a_page_of_many_names_costs_as_many_questions_as_one_of_few(
    operations: User, client_of, django_assert_max_num_queries
) -> None:
    for n in range(60):
        name(f"Event {n}")
    client = client_of(operations)
    with django_assert_max_num_queries(20):
        client.get("/usage/events/")


@given(moves=st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(0, 5))), max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_moved_under_whatever_no_circle_comes_of_it(moves: list[tuple[int, int | None]], db: None) -> None:
    with transaction.atomic(), transaction.atomic(using=EVENTS):
        some = [name(f"N{n}") for n in range(6)]
        for child, parent in moves:
            with suppress(Refused):
                mean_feature(by=None, features=[some[child]], parent=None if parent is None else some[parent], now=NOW)
        said = meanings()
        for one in some:
            here, steps = one, 0
            while (above := said.get(here, Meaning()).parent) is not None:
                here, steps = above, steps + 1
                assert steps <= len(some)
        listed = Catalogue(now=NOW).listed(weeks={})
        assert sorted(found.pk for found in listed) == sorted(some)
        transaction.set_rollback(True)
        transaction.set_rollback(True, using=EVENTS)

"""What events mean: said once, dated, taken back; and the page on which people say it."""

from datetime import UTC, datetime, timedelta

import pytest

from firstwin.core.errors import NotAllowed, NotFound, Refused
from firstwin.people.models import AuditRow, User
from firstwin.people.undo import offer_undo, use_undo
from firstwin.revenue.actions.products import add_product, merge_product
from firstwin.usage.actions.meanings import mean_each, mean_feature
from firstwin.usage.catalogue import Meaning, edition, meanings
from firstwin.usage.store.models import EventName

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

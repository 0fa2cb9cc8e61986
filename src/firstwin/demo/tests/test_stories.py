"""Each told story is found in the database as `stories.py` says."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from firstwin.accounts.hierarchy import subtree_of
from firstwin.accounts.models import (
    Account,
    AccountNow,
    AttributeValue,
    Direction,
    Membership,
    RoleHeld,
    Sentiment,
    Touch,
)
from firstwin.core import clock
from firstwin.demo.load import Loaded
from firstwin.demo.stories import STORIES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fernhill")]
KNOWN = {story.key: story.known for story in STORIES}
NAMES = {story.key: story.name for story in STORIES}


def now_of(story: str) -> AccountNow:
    return AccountNow.objects.get(name=NAMES[story])


def ago(day: date | None) -> int:
    assert day is not None
    return (clock.today() - day).days


def missing(story: str) -> list[str]:
    return [role for role in now_of(story).roles_missing.split("|") if role]


def touches(story: str) -> Any:
    return Touch.objects.standing().filter(account__name=NAMES[story])


def test_every_story_is_there(fernhill: Loaded) -> None:
    assert set(NAMES.values()) <= set(Account.objects.values_list("name", flat=True))


@pytest.mark.parametrize("story", [key for key, known in KNOWN.items() if "last_two_way" in known])
def test_days_since_they_took_part(story: str) -> None:
    assert ago(now_of(story).last_two_way_on) == KNOWN[story]["last_two_way"]


@pytest.mark.parametrize("story", [key for key, known in KNOWN.items() if "roles_missing" in known])
def test_roles_nobody_plays(story: str) -> None:
    assert missing(story) == KNOWN[story]["roles_missing"]


def test_the_sponsor_left_and_only_the_doer_still_talks() -> None:
    known = KNOWN["sponsor-left"]
    spell = RoleHeld.objects.standing().get(account__name=NAMES["sponsor-left"], role="sponsor")
    assert spell.valid_to is not None
    left_on = clock.day_of(spell.valid_to)
    assert ago(left_on) == known["sponsor_left"]
    since = touches("sponsor-left").filter(occurred_at__gte=spell.valid_to)
    assert since.count() == 3
    assert {person.name for touch in since for person in touch.attendees.all()} == set(known["talks_since"])


def test_the_decline_is_quiet_but_plain() -> None:
    known = KNOWN["quiet-decline"]
    assert ago(now_of("quiet-decline").last_touch_on) == known["last_touch"]
    two_way = touches("quiet-decline").exclude(direction=Direction.OURS).order_by("occurred_at")
    days = [clock.day_of(touch.occurred_at) for touch in two_way]
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    assert max(gaps[:30]) <= 14 < 21 <= min(gaps[-5:])
    sours_from = clock.start_of(clock.today() - timedelta(days=known["sours_from"]))
    assert not two_way.filter(occurred_at__lt=sours_from, sentiment=Sentiment.NEGATIVE, kind="meeting").filter(
        summary__contains="do not see the point"
    )
    assert two_way.filter(occurred_at__gte=sours_from, sentiment=Sentiment.NEGATIVE).count() >= 3


def test_the_group_adds_up() -> None:
    known = KNOWN["family"]
    head = Account.objects.get(name=NAMES["family"])
    below = subtree_of(head.pk)
    assert len(below) == known["below"]
    assert max(depth for _, depth in below) == 2
    assert now_of("family").children_count == known["children"]
    rows = AccountNow.objects.filter(pk__in=[head.pk, *(pk for pk, _ in below)])
    assert sum(row.attributes["employees"] for row in rows) == known["employees"]
    assert sum(row.attributes["annual_revenue"] for row in rows) == known["annual_revenue"] * 100
    assert (
        min(row.attributes["customer_since"] for row in rows)
        == (clock.today() - timedelta(days=known["since"])).isoformat()
    )


def test_the_champion_works_elsewhere_now() -> None:
    left = Membership.objects.standing().get(account__name=NAMES["champion-moved"], person__name="Priya Raman")
    there = Membership.objects.open().get(account__name=NAMES["champion-arrived"], person__name="Priya Raman")
    assert left.person == there.person
    assert left.valid_to is not None
    assert ago(clock.day_of(left.valid_to)) == 95
    assert there.valid_from > left.valid_to
    assert RoleHeld.objects.open().get(person=there.person, account=there.account).role == "champion"
    assert there.person.email.endswith("@northmoor-health-partners.example")


def test_the_model_customer_is_one() -> None:
    known, row = KNOWN["model"], now_of("model")
    assert row.issues == known["issues"]
    assert RoleHeld.objects.open().filter(account=row.account).values("role").distinct().count() == known["roles"]
    assert row.next_step_on == clock.today() + timedelta(days=known["next_step_in"])


def test_the_orphan_has_nobody() -> None:
    row = now_of("orphan")
    assert row.owner_id is None
    assert KNOWN["orphan"]["issue"] in {issue["code"] for issue in row.issues}
    end = row.account.ownerships.standing().get(kind="named").valid_to
    assert end is not None
    assert ago(clock.day_of(end)) == KNOWN["orphan"]["orphaned"]


def test_the_silent_customer_is_large_and_silent() -> None:
    row = now_of("silent")
    assert row.attributes["tier"] == "strategic"
    assert ago(row.last_touch_on) == KNOWN["silent"]["last_touch"]


def test_two_sources_disagree() -> None:
    known, row = KNOWN["disagreement"], now_of("disagreement")
    assert [issue for issue in row.issues if issue["code"] == known["issue"]] == [
        {"code": "conflict", "attribute": "industry", "label": "Industry", "sources": ["billing", "crm"]}
    ]
    assert row.attributes["industry"] == known["industry"]
    said = AttributeValue.objects.standing().filter(account=row.account, attribute__key="industry")
    assert {value.source: value.text for value in said} == {"crm": "Retail", "billing": "Consumer goods"}


def test_one_source_fell_silent() -> None:
    known = KNOWN["forgotten-source"]
    stale = [issue for issue in now_of("forgotten-source").issues if issue["code"] == known["issue"]]
    assert [(issue["source"], issue["days"]) for issue in stale] in (
        [(known["source"], known["days"])],
        [(known["source"], known["days"] - 1)],  # before the hour at which it was last seen
    )

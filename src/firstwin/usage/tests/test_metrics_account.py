"""One account: products and seats, people, weeks, features, the command, and what late knowledge changes."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, Membership, Person
from firstwin.accounts.published import publish
from firstwin.core.clock import end_of, start_of
from firstwin.revenue.models import Product, SubscriptionLine
from firstwin.revenue.standing import standing_of
from firstwin.usage.lake.days import number_of
from firstwin.usage.lake.fold import fold
from firstwin.usage.lake.schema import What
from firstwin.usage.metrics.account import usage_for
from firstwin.usage.metrics.asking import NEVER
from firstwin.usage.metrics.features import heat
from firstwin.usage.metrics.many import columns_on
from firstwin.usage.metrics.people import people_of
from firstwin.usage.metrics.population import columns_of, usage_of
from firstwin.usage.metrics.reading import FROM_AGGREGATES, NO_SEATS, NO_USE
from firstwin.usage.metrics.weeks import weekly
from firstwin.usage.models import FeatureMeaning, Means
from firstwin.usage.store.models import Actor, ActorTrait, EventName, Place, Residence
from firstwin.usage.tests.raw import Raw, put

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
ON = date(2026, 5, 31)
NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def a_place(account: Account | None, key: str = "g1") -> int:
    return Place.objects.create(
        source=1, key=key, account=account.pk if account else None, first_at=NOW, last_at=NOW
    ).pk


def an_actor(key: str, **said: Any) -> int:
    return Actor.objects.create(source=1, key=key, first_at=NOW, **said).pk


def a_feature(name: str, **said: Any) -> int:
    pk = EventName.objects.create(kind="track", name=name, first_at=NOW, last_at=NOW).pk
    if said:
        FeatureMeaning.objects.create(feature=pk, known_at=ago(400), recorded_at=NOW, **said)
    return pk


def a_product(key: str) -> Product:
    return Product.objects.create(key=key, name=key.title(), name_folded=key, recorded_at=NOW)


def a_line(account: Account, product: Product | None, seats: int | None, **said: Any) -> SubscriptionLine:
    usual: dict[str, Any] = {
        "account": account, "product": product, "quantity": seats, "currency": "EUR", "starts_on": date(2026, 1, 1),
        "known_at": ago(200), "recorded_at": NOW, "stated_at": ago(200), "source": "crm",
        "external_id": str(SubscriptionLine.objects.count()),
    }  # fmt: skip
    return SubscriptionLine.objects.create(**(usual | said))


def one(account: Account, on: date = ON, **said: Any) -> Any:
    """Alone, after it was found the same among all."""
    alone = usage_for(account.pk, on, now=NOW, **said)
    together = usage_of(None, on, now=NOW, **said)[account.pk]
    for name in alone.__slots__:
        if name not in ("peak", "products", "exhausts_on", "assigned", "reasons"):
            assert repr(getattr(alone, name)) == repr(getattr(together, name)), name
    why = {key: words for key, words in together.reasons.items() if key != "assigned" or alone.assigned is None}
    assert dict(alone.reasons) == why
    return alone


def test_an_account_nobody_ever_saw_says_so(acme: Account):
    usage = one(acme)
    assert (usage.basis, usage.active_28, usage.days_14, usage.events_28) == ("none", None, None, 0)
    assert usage.reasons["active_28"] == usage.reasons["days_14"] == NO_USE


def test_seats_by_product_kept_apart_from_who_came(acme: Account):
    desk, atlas = a_product("desk"), a_product("atlas")
    a_line(acme, desk, 10)
    a_line(acme, desk, 5)
    a_line(acme, atlas, 4)
    a_line(acme, atlas, 99, is_trial=True)
    a_line(acme, atlas, 99, charge="one_off")
    a_line(acme, atlas, 99, ends_on=ON)
    place, mine, yours = a_place(acme), a_feature("open", product=desk), a_feature("map", product=atlas)
    people = [an_actor(f"u:{n}") for n in range(6)]
    put([Raw(place, who, mine, ago(1)) for who in people[:3]], now=NOW)
    put([Raw(place, who, mine, ago(100)) for who in people] + [Raw(place, people[0], yours, ago(2))], now=NOW)
    usage = one(acme)
    # The people of an add-on are people of the plan: the widest product says how many may come.
    assert (usage.seats, usage.active_28, usage.peak, usage.licence_share) == (15, 3, 6, 0.2)
    told = {said.key: said for said in usage.products}
    assert (told["desk"].bought, told["desk"].active_28, told["desk"].peak, told["desk"].share) == (15, 3, 6, 0.2)
    assert (told["atlas"].bought, told["atlas"].active_28, told["atlas"].share) == (4, 1, 0.25)
    assert sum(said.bought or 0 for said in usage.products) == standing_of([acme.pk], ON, now=NOW)[acme.pk].seats


def test_growth_runs_out_of_seats_on_a_day(acme: Account):
    a_line(acme, None, 30)
    place, feature = a_place(acme), a_feature("open")
    events = []
    for week in range(12):
        for person in range(2 * (week + 1)):
            events += [Raw(place, person + 1, feature, ago(7 * (11 - week)))]
    put(events, now=NOW)
    assert one(acme).exhausts_on == ON + timedelta(days=21)


def test_aggregates_name_nobody(acme: Account):
    a_line(acme, None, 10)
    place, feature = a_place(acme), a_feature("exports")
    put([Raw(place, 0, feature, ago(day), What.AGGREGATE, 7) for day in range(20)], now=NOW)
    fold(NOW)
    usage = one(acme)
    assert (usage.basis, usage.events_28, usage.days_14, usage.frequency) == ("aggregates", 140, 14, "daily")
    assert (usage.active_28, usage.licence_share, usage.stickiness, usage.peak) == (None, None, None, None)
    assert usage.reasons["active_28"] == usage.reasons["licence_share"] == FROM_AGGREGATES
    assert usage.last_seen_at == ago(0)
    assert weekly(acme.pk, ON, 4)[-1].people is None
    assert people_of(acme.pk, ON, NOW) == []


def test_without_seats_there_is_no_share(acme: Account):
    put([Raw(a_place(acme), 1, a_feature("open"), ago(0))], now=NOW)
    usage = one(acme)
    assert (usage.weekly_share, usage.reasons["weekly_share"]) == (None, NO_SEATS)


def test_what_became_known_later_is_left_out_when_asked(acme: Account):
    place, feature = a_place(acme), a_feature("open")
    put([Raw(place, 1, feature, ago(40)), Raw(place, 2, feature, ago(40), known_on=number_of(ON) - 3)], now=NOW)
    day = ON - timedelta(days=38)
    assert one(acme, day).active_28 == 2
    assert one(acme, day, known_by=end_of(day)).active_28 == 1


def test_meanings_of_then_count_when_asked_as_known_then(acme: Account):
    place, feature, noise = a_place(acme), a_feature("open"), a_feature("ping")
    FeatureMeaning.objects.create(feature=noise, known_at=ago(2), recorded_at=NOW, is_ignored=True)
    put([Raw(place, 1, feature, ago(10)), Raw(place, 2, noise, ago(9)), Raw(place, 3, noise, ago(9))], now=NOW)
    fold(NOW)
    assert (one(acme).active_28, one(acme).events_28) == (1, 1)
    then = one(acme, known_by=ago(3))
    assert (then.active_28, then.events_28, then.last_seen_at) == (3, 3, ago(9))


def test_merged_accounts_count_each_human_once(owner: Any, acme: Account):
    from firstwin.accounts.actions.merging.accounts import merge_accounts

    other = open_account(by=owner, name="Acme Ltd", now=NOW)
    feature = a_feature("open")
    first, second = a_place(acme, "a"), a_place(other, "b")
    user, visitor = an_actor("u:1"), an_actor("a:9")
    Actor.objects.filter(pk=visitor).update(same_as=user)
    put([Raw(first, user, feature, ago(1)), Raw(second, visitor, feature, ago(2)), Raw(second, 77, feature, ago(3))],
        now=NOW)  # fmt: skip
    assert one(other).active_28 == 2
    merge_accounts(by=owner, absorbed=other, survivor=acme, now=NOW)
    assert (one(acme).active_28, one(acme).events_28) == (2, 3)


def test_events_from_before_anybody_knew_whose_they_are_find_their_account(acme: Account):
    place, feature = a_place(acme), a_feature("open", is_core=True)
    early, later, nobody = an_actor("a:1"), an_actor("u:1"), an_actor("a:2")
    put([Raw(0, early, feature, ago(3)), Raw(0, nobody, feature, ago(3))], now=NOW)
    fold(NOW)
    assert one(acme).active_28 is None
    Residence.objects.create(actor=later, place=place, from_at=ago(1), known_at=ago(1))
    Actor.objects.filter(pk=early).update(same_as=later)
    usage = one(acme)
    assert (usage.active_28, usage.events_28, usage.core_used, usage.last_seen_at) == (1, 1, 1, ago(3))
    assert [said.state for said in people_of(acme.pk, ON, NOW)] == ["new"]


def test_the_person_s_own_account_places_them_where_no_call_did(acme: Account):
    person = Person.objects.create(name="Ines Moreau", recorded_at=NOW)
    Membership.objects.create(
        person=person, account=acme, valid_from=ago(300), stated_at=NOW, known_at=ago(300), recorded_at=NOW
    )
    put([Raw(0, an_actor("u:5", person=person.pk), a_feature("open"), ago(3))], now=NOW)
    assert one(acme).active_28 == 1
    publish("usage", [acme.pk], now=NOW)
    acme.now.refresh_from_db()
    assert (acme.now.people_active_28, acme.now.last_seen_on) == (1, ago(3).date())


def test_people_by_what_they_do(acme: Account):
    place, feature, other = a_place(acme), a_feature("open"), a_feature("share")
    person = Person.objects.create(name="Ines Moreau", recorded_at=NOW)
    known = an_actor("u:1", person=person.pk)
    gone, fresh = an_actor("u:2"), an_actor("u:3")
    put(
        [Raw(place, known, feature, ago(day)) for day in (0, 1, 30, 80)] + [Raw(place, known, other, ago(1))]
        + [Raw(place, gone, feature, ago(50)), Raw(place, fresh, feature, ago(5))],
        now=NOW,
    )  # fmt: skip
    fold(NOW)
    first, second, third = people_of(acme.pk, ON, NOW)
    assert (first.name, first.person_id, first.state) == ("Ines Moreau", person.pk, "active")
    assert (first.days_28, first.days_28_before, first.events_28, first.features_28) == (2, 1, 3, 2)
    assert (first.first_seen_at, first.last_seen_at) == (ago(80), ago(0))
    assert [(two.actor, two.state) for two in (second, third)] == [(fresh, "new"), (gone, "lapsed")]
    # Seen from an earlier day, to the moment.
    assert people_of(acme.pk, ON - timedelta(days=1), NOW)[0].last_seen_at == ago(1)


def test_teams_and_sites_of_who_is_active(acme: Account):
    place, feature = a_place(acme), a_feature("open")
    people = [an_actor(f"u:{n}") for n in range(4)]
    told = [(0, "Finance", 9), (1, "Finance", 9), (2, "Legal", 9), (2, "Sales", 8), (3, "Board", 9), (1, "Ops", -3)]
    for who, team, since in told:
        ActorTrait.objects.create(actor=people[who], kind="team", value=team, from_at=ago(since), known_at=ago(since))
    put([Raw(place, who, feature, ago(2)) for who in people[:3]], now=NOW)
    assert (one(acme).teams_28, one(acme).sites_28) == (2, 0)


def test_weeks_and_features_of_an_account(acme: Account):
    place, often, rare = a_place(acme), a_feature("open"), a_feature("share")
    noise = a_feature("ping", is_ignored=True)
    events = [Raw(place, who, often, ago(7 * week)) for week in range(6) for who in range(1, 5)]
    put([*events, Raw(place, 9, rare, ago(0)), Raw(place, 9, noise, ago(0))], now=NOW)
    found = weekly(acme.pk, ON, 8)
    assert [week.people for week in found] == [0, 0, 4, 4, 4, 4, 4, 5]
    assert [week.events for week in found] == [0, 0, 4, 4, 4, 4, 4, 5]
    assert found[-1].from_on == ON - timedelta(days=6)
    told = heat(acme.pk, ON, 8)
    assert [(row.key, row.usual) for row in told.rows] == [("open", 4.0), ("share", None)]
    assert told.rows[0].shades == (None, None, 0, 0, 0, 0, 0, 0)
    assert told.weeks[-1] == ON - timedelta(days=6)


def test_first_win_against_the_contract(acme: Account):
    a_line(acme, None, 3, starts_on=date(2026, 3, 1))
    place, win = a_place(acme), a_feature("shipped", means=Means.FIRST_WIN)
    put([Raw(place, 1, win, start_of(date(2026, 4, 10))), Raw(place, 1, win, ago(1))], now=NOW)
    usage = one(acme)
    assert (usage.first_win_on, usage.days_to_value, usage.days_so_far) == (date(2026, 4, 10), 40, None)
    before = one(acme, date(2026, 4, 9))
    assert (before.first_win_on, before.days_so_far) == (None, 39)


def test_the_command_tells_the_same(acme: Account):
    put([Raw(a_place(acme), 1, a_feature("open"), ago(40))], now=NOW)
    said = StringIO()
    call_command("usage", acme.key, "--as-of", "2026-05-01", "--json", stdout=said)
    told = json.loads(said.getvalue())
    assert (told["account"], told["active_28"], told["basis"]) == (acme.key, 1, "events")
    call_command("usage", acme.key, "--as-of", "2026-05-01", stdout=said)
    assert "active_28" in said.getvalue()


@pytest.mark.parametrize(
    "words", [("nobody",), ("acme", "--as-of", "soon"), ("acme", "--known-by", "2026-99-01T00:00")]
)
def test_the_command_refuses_what_makes_no_sense(acme: Account, words: tuple[str, ...]):
    with pytest.raises(CommandError):
        call_command("usage", *(acme.key if word == "acme" else word for word in words))


def test_seats_are_assigned_to_those_told_to_be_there(acme: Account):
    here, there = a_place(acme), Place.objects.create(source=1, key="elsewhere", first_at=NOW, last_at=NOW).pk
    stays, moves, nameless = (an_actor(key) for key in ("u:stays", "u:moves", "a:nobody"))
    assert one(acme).assigned is None and "assigned" in one(acme).reasons
    at = ago(30)
    for actor in (stays, moves, nameless):
        Residence.objects.create(actor=actor, place=here, from_at=at, known_at=at)
    assert one(acme).assigned == 2 and "assigned" not in one(acme).reasons
    Residence.objects.create(actor=moves, place=there, from_at=ago(5), known_at=ago(5))
    assert one(acme).assigned == 1


def test_each_product_in_force_waits_for_its_own_first_win(acme: Account):
    desk, atlas, plain = a_product("desk"), a_product("atlas"), a_product("plain")
    a_line(acme, desk, 10)
    a_line(acme, plain, 10)
    a_line(acme, atlas, 5, starts_on=ago(10).date())
    place = a_place(acme)
    sent = a_feature("sent", product=desk, means=Means.FIRST_WIN)
    mapped = a_feature("mapped", product=atlas, means=Means.FIRST_WIN)
    put([Raw(place, 1, sent, ago(20)), Raw(place, 1, sent, ago(12)), Raw(place, 1, mapped, ago(3))], now=NOW)

    def waits(days: int) -> tuple[int, int]:
        on = ago(days).date()
        told = columns_of([acme.pk], on, now=NOW), columns_of(None, on, now=NOW), columns_on(None, [on], now=NOW)[on]
        (waiting,) = {int(one.products_without_win[one.accounts == acme.pk][0]) for one in told}
        return waiting, len([said for said in usage_for(acme.pk, on, now=NOW).products if said.first_win_on])

    # The plain one can have none, and the atlas is not bought before its day.
    assert [waits(days) for days in (25, 15, 8, 2)] == [(1, 0), (0, 1), (1, 1), (0, 2)]
    told = {said.key: said for said in one(acme).products}
    assert (told["desk"].first_win_on, told["atlas"].first_win_on) == (ago(20).date(), ago(3).date())
    assert (told["plain"].first_win_on, told["plain"].can_win) == (None, False)
    # An event of no product means it for those that have none of their own, and only for those.
    a_feature("invited", means=Means.FIRST_WIN)
    assert waits(2) == (1, 2)


def test_where_nothing_bought_can_win_nothing_is_waited_for(acme: Account):
    a_line(acme, a_product("desk"), 10)
    put([Raw(a_place(acme), 1, a_feature("open", means=Means.ACTIVATION), ago(3))], now=NOW)
    assert columns_of([acme.pk], ON, now=NOW).products_without_win.tolist() == [NEVER]

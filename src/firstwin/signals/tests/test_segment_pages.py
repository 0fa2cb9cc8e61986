"""Segments and experiences on screen: everybody looks, operations write, what is typed is kept."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.people.config.apply import rollback
from firstwin.people.config.store import definitions
from firstwin.people.config.together import faults
from firstwin.people.models import ConfigVersion, Undo, User
from firstwin.signals.models import Refreshed, SegmentStay
from firstwin.signals.segments.overview import served

pytestmark = pytest.mark.django_db

NAMED = "name = 'acme'"
MEANT = {"act": "publish-anyway"}


@pytest.fixture
def held(acme: Account) -> Account:
    """Acme is in the segment of new customers since three days ago."""
    today = clock.today()
    SegmentStay.objects.create(
        account=acme, segment="new-customers", version=1, entered_on=today - timedelta(days=3), at=clock.now()
    )
    AccountNow.objects.filter(account=acme).update(segments="|new-customers|", arr_minor=1_200_00, health_band="red")
    return acme


def said(**changes: Any) -> dict[str, Any]:
    return {"label": "Acme alone", "help": "", "condition": NAMED, "note": "", "based_on": "0"} | changes


def test_the_list_tells_count_arr_health_and_movement(client_of: Any, owner: User, held: Account) -> None:
    text = client_of(owner).get("/segments/").text
    row = text.split(">New customers<")[1].split("</tr>")[0]
    assert ">1</a>" in row and "1.2" in row and "Red" in row and "+1" in row
    assert "/accounts/?filter=segments+has+" in row
    assert "New segment" not in text


def test_others_see_only_their_accounts(client_of: Any, stranger: User, held: Account) -> None:
    row = client_of(stranger).get("/segments/").text.split(">New customers<")[1].split("</tr>")[0]
    assert ">1</a>" not in row and "+1" not in row
    assert held.name not in client_of(stranger).get("/segments/new-customers/").text


def test_the_page_says_who_is_in_it_and_who_entered(client_of: Any, owner: User, held: Account) -> None:
    text = client_of(owner).get("/segments/new-customers/").text
    assert "in the last 90 days" in text and held.name in text
    assert "Entered and left" in text and "Versions" in text
    assert "Remove" not in text


def test_a_segment_is_made_edited_removed_and_brought_back(client_of: Any, operations: User, acme: Account) -> None:
    client = client_of(operations)
    assert client.post("/segments/new/", said()).url == "/segments/acme-alone/"
    assert "Acme alone saved" in client.get("/segments/acme-alone/").text
    changed = client.post("/segments/acme-alone/edit/", said(label="Acme only", note="Shorter", based_on="1"))
    assert changed.url == "/segments/acme-alone/"
    assert "Shorter" in client.get(changed.url).text
    asked = client.post("/segments/acme-alone/remove/")
    assert asked.status_code == 422 and "Remove although 1 account changes" in asked.text
    assert client.post("/segments/acme-alone/remove/", MEANT).url == "/segments/"
    assert client.get("/segments/acme-alone/").status_code == 404
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert definitions("segment")["acme-alone"].parsed.label == "Acme only"


def test_two_of_a_kind_are_never_called_the_same(client_of: Any, operations: User, acme: Account) -> None:
    client = client_of(operations)
    answer = client.post("/segments/new/", said(label=" high TOUCH "))
    assert answer.status_code == 422 and "called “high TOUCH” already" in answer.text and NAMED in unescape(answer.text)
    assert client.post("/segments/new/", said()).url == "/segments/acme-alone/"
    taken = said(label="Digital", based_on="1")
    assert "called “Digital” already" in client.post("/segments/acme-alone/edit/", taken).text
    # One that keeps its name is left alone, also where another one came by it in a text.
    again = client.post("/segments/acme-alone/edit/", said(help="Only that one", based_on="1"))
    assert again.url == "/segments/acme-alone/"
    begun = client.post("/settings/definitions/new/scorecard/", {"label": "Health, pooled", "like": "", "key": "other"})
    assert begun.status_code == 422 and "called “Health, pooled” already" in begun.text


def test_a_new_segment_is_not_called_empty_while_it_is_worked_out(
    client_of: Any, operations: User, acme: Account
) -> None:
    Refreshed.objects.create(account=acme, revision=1, edition=1, on=clock.today(), at=clock.now())
    client = client_of(operations)
    client.post("/segments/new/", said())
    text = client.get("/segments/acme-alone/").text
    assert "Who is in it is being worked out" in text and "Not worked out yet" in text
    assert "none fulfils" not in text and "the version before" not in text
    Refreshed.objects.update(at=clock.now())
    text = client.get("/segments/acme-alone/").text
    assert "being worked out" not in text and "none fulfils" in text
    client.post("/segments/acme-alone/edit/", said(label="Acme only", based_on="1"))
    assert "Version 2 is being worked out. Figures are still those of the version before." in (
        client.get("/segments/acme-alone/").text
    )


def test_weeks_are_named_by_their_day_and_month(client_of: Any, owner: User, held: Account) -> None:
    text = client_of(owner).get("/segments/new-customers/").text
    monday = clock.today() - timedelta(days=clock.today().weekday())
    assert f">{monday.day} {monday:%b}</th>" in text and f">{monday.day}.{monday.month}.<" not in text


def test_versions_say_who_wrote_them_and_lead_to_what_each_changed(
    client_of: Any, owner: User, operations: User, acme: Account
) -> None:
    client_of(operations).post("/segments/digital/edit/", said(label="Tiny", based_on="1") | MEANT)
    rollback(by=None, kind="segment", key="digital", now=clock.now(), accept=True)
    text = client_of(owner).get("/segments/digital/").text.split('id="versions"')[1]
    who = [text.index(f"<b>{n}</b> {name}") for n, name in ((3, "Command line"), (2, operations.name), (1, "Firstwin"))]
    assert who == sorted(who)
    assert 'href="/settings/definitions/segment/digital/#history"' in text
    assert "Command line" in client_of(owner).get("/settings/definitions/segment/digital/").text


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("name = ", "Line 1, column 8"),
        ("nam = 'x'", "Did you mean"),
        ("segments has nobody", "has no"),
        ("", "required"),
    ],
)
def test_what_makes_no_sense_is_said_in_place_and_kept(
    client_of: Any, operations: User, condition: str, message: str
) -> None:
    answer = client_of(operations).post("/segments/new/", said(condition=condition))
    assert answer.status_code == 422
    assert message in answer.text and "Acme alone" in answer.text
    assert not ConfigVersion.objects.filter(key="acme-alone").exists()


def test_the_preview_counts_names_and_compares(client_of: Any, operations: User, held: Account) -> None:
    client = client_of(operations)
    text = client.post("/segments/preview/", {"condition": NAMED, "segment": "new-customers"}).text
    assert held.name in text and "Would enter" in text
    left = client.post("/segments/preview/", {"condition": "not name = 'acme'", "segment": "new-customers"}).text
    assert held.name in left.split("Would leave")[1]
    assert "Line 1" in client.post("/segments/preview/", {"condition": "name ="}).text


def test_what_lists_do_not_hold_is_worked_out(client_of: Any, operations: User, acme: Account) -> None:
    text = client_of(operations).post("/segments/preview/", {"condition": "people changed in last 30 days"}).text
    assert "People changed in the last 30 days" in text and "banner" not in text


@pytest.mark.parametrize("who", ["owner", "viewer"])
def test_only_operations_write(request: pytest.FixtureRequest, client_of: Any, who: str) -> None:
    client = client_of(request.getfixturevalue(who))
    assert client.get("/segments/new/").status_code == 403
    assert client.post("/segments/new/", said()).status_code == 403
    assert client.post("/segments/renewing/remove/").status_code == 403
    assert client.post("/experiences/digital/place/", {"to": "up"}).status_code == 403
    assert client.get("/experiences/digital/").status_code == 200
    assert "Save" not in client.get("/experiences/digital/").text


def test_what_is_used_says_by_whom_and_stays(client_of: Any, operations: User) -> None:
    text = client_of(operations).get("/segments/digital/").text
    assert "Still used by the experience Digital" in text
    assert client_of(operations).post("/segments/digital/remove/").status_code == 422
    assert "digital" in definitions("segment")


def test_two_who_edit_at_once_are_told(client_of: Any, operations: User) -> None:
    client = client_of(operations)
    client.post("/segments/new/", said())
    client.post("/segments/acme-alone/edit/", said(label="Once", based_on="1"))
    late = client.post("/segments/acme-alone/edit/", said(label="Twice", note="Because", based_on="1"))
    assert late.status_code == 409 and "changed this segment meanwhile" in late.text
    assert 'value="Twice"' in late.text and 'value="Because"' in late.text
    assert definitions("segment")["acme-alone"].parsed.label == "Once"
    begun = late.text.split('name="based_on" value="')[1].split('"')[0]
    assert client.post("/segments/acme-alone/edit/", said(label="Twice", based_on=begun)).status_code == 302
    assert definitions("segment")["acme-alone"].parsed.label == "Twice"


@pytest.fixture
def three(db: None, owner: User, acme: Account) -> list[Account]:
    """Acme and two more, in the list as in the book."""
    return [acme, *(open_account(by=owner, name=name, now=clock.now()) for name in ("Beta", "Cora"))]


def test_a_segment_that_moves_many_stops_and_asks(client_of: Any, operations: User, three: list[Account]) -> None:
    client = client_of(operations)
    AccountNow.objects.filter(account__in=three[1:]).update(arr_minor=50_000_00)
    client.post("/segments/new/", said())
    given = said(label="Not Acme", condition=f"not {NAMED}", note="The others", based_on="1")
    answer = client.post("/segments/acme-alone/edit/", given)
    assert answer.status_code == 422
    assert "Membership of Not Acme would change for 3 of 3 accounts (100%), with" in answer.text
    assert "Save although 3 accounts change" in answer.text and "Not in it → In it" in answer.text
    assert "The others" in answer.text and f"not {NAMED}" in unescape(answer.text)
    assert definitions("segment")["acme-alone"].parsed.label == "Acme alone"
    assert client.post("/segments/acme-alone/edit/", given | MEANT).url == "/segments/acme-alone/"
    assert definitions("segment")["acme-alone"].parsed.label == "Not Acme"


def test_a_label_alone_asks_nothing(client_of: Any, operations: User, three: list[Account]) -> None:
    client = client_of(operations)
    client.post("/segments/new/", said())
    answer = client.post("/segments/acme-alone/edit/", said(label="Acme only", based_on="1"))
    assert answer.url == "/segments/acme-alone/"


def test_saving_what_stands_adds_no_version(client_of: Any, operations: User, acme: Account) -> None:
    client = client_of(operations)
    client.post("/segments/new/", said())
    client.post("/segments/acme-alone/edit/", said(based_on="1"))
    assert ConfigVersion.objects.filter(key="acme-alone").count() == 1
    assert "It says so already" in client.get("/segments/acme-alone/").text


def test_accounts_one_does_not_see_are_counted_and_not_named(
    client_of: Any, operations: User, three: list[Account]
) -> None:
    client = client_of(operations)
    client.post("/segments/new/", said())
    operations.scope = "own"
    operations.save()
    answer = client.post("/segments/acme-alone/edit/", said(condition=f"not {NAMED}", based_on="1"))
    assert "3 of 3 accounts" in answer.text and "Beta" not in answer.text


def test_experiences_stand_in_their_order_and_change_places(client_of: Any, operations: User, acme: Account) -> None:
    client = client_of(operations)
    assert _order(client) == ["high-touch", "digital", "pooled"]
    client.post("/experiences/digital/place/", {"to": "up"} | MEANT)
    assert _order(client) == ["digital", "high-touch", "pooled"]
    assert client.post("/experiences/digital/place/", {"to": "up"}).status_code == 422
    # What would be refused is not offered: up on the first, down on the last before everybody else.
    text = client.get("/experiences/").text
    ends = {"Ask Digital earlier": True, "Ask Digital later": False, "Ask High touch earlier": False,
            "Ask High touch later": True}  # fmt: skip
    for label, is_end in ends.items():
        button = text.split(f'aria-label="{label}"')[1].split(">")[0]
        assert ('aria-disabled="true"' in button) == is_end


def test_an_experience_that_serves_many_others_stops_and_asks(
    client_of: Any, operations: User, three: list[Account]
) -> None:
    client = client_of(operations)
    given = {
        "label": "All of them", "help": "", "segment": "new-customers", "touch_model": "high", "priority": "1",
        "cadence_days": "", "silent_days": "20", "scorecard": "high-touch", "others": [], "pipeline": "default",
        "service_levels": "", "skills": "", "plays": "", "layout": "", "note": "For all", "based_on": "",
    }  # fmt: skip
    client.post("/segments/new/", said(label="Any", condition="name is set"))
    answer = client.post("/experiences/new/", given | {"segment": "any"})
    assert answer.status_code == 422 and "Experience would change for 3 of 3 accounts (100%)" in answer.text
    assert "Save although 3 accounts change" in answer.text and "For all" in answer.text
    assert "all-of-them" not in definitions("experience")
    assert client.post("/experiences/new/", given | {"segment": "any"} | MEANT).url == "/experiences/"
    moved = client.post("/experiences/all-of-them/place/", {"to": "down"})
    assert moved.url == "/experiences/"  # the next one serves none of them
    gone = client.post("/experiences/all-of-them/remove/")
    assert gone.status_code == 422 and "Remove although 3 accounts change" in gone.text
    assert client.post("/experiences/all-of-them/remove/", MEANT).url == "/experiences/"
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert "all-of-them" in definitions("experience")


def _order(client: Client) -> list[str]:
    text = client.get("/experiences/").text
    return sorted(("high-touch", "digital", "pooled"), key=lambda key: text.index(f"/experiences/{key}/"))


def test_each_field_of_an_experience_is_edited(client_of: Any, operations: User) -> None:
    client = client_of(operations)
    page = client.get("/experiences/high-touch/")
    assert "first answer: 4" in page.text
    given = {
        "label": "Closest", "help": "", "segment": "high-touch", "touch_model": "high", "priority": "12",
        "cadence_days": "", "silent_days": "20", "scorecard": "high-touch", "others": ["pooled"],
        "pipeline": "default", "service_levels": "first answer: 2", "skills": "security\nintegration", "plays": "",
        "layout": "", "note": "", "based_on": "1",
    }  # fmt: skip
    assert client.post("/experiences/high-touch/", given).url == "/experiences/"
    now = definitions("experience")["high-touch"].parsed
    assert (now.label, now.priority, now.cadence_days, now.skills) == ("Closest", 12, None, ("security", "integration"))
    assert now.scorecards == ("high-touch", "pooled") and now.service_levels == {"first answer": 2.0}
    wrong = client.post("/experiences/high-touch/", given | {"priority": "100", "based_on": "2"})
    assert wrong.status_code == 422 and "same priority 100" in wrong.text
    wrong = client.post("/experiences/high-touch/", given | {"service_levels": "soon", "based_on": "2"})
    assert wrong.status_code == 422 and "not a name, a colon and hours" in wrong.text


def test_what_ships_fits_together() -> None:
    assert faults() == []


def test_what_nothing_can_fulfil_is_said_without_a_path(client_of: Any, operations: User) -> None:
    given = {"label": "None", "help": "", "condition": "arr > 5 and arr < 3", "note": ""}
    answer = client_of(operations).post("/segments/new/", given)
    assert answer.status_code == 422 and "ARR cannot be more than 5 and less than 3" in answer.text
    assert "all[1]" not in answer.text and "arr &gt; 5 and arr &lt; 3" in answer.text


def test_an_experience_serves_nobody_who_left(operations: User, acme: Account) -> None:
    AccountNow.objects.filter(account=acme).update(experience="pooled", commercial_status="customer")
    assert served(AccountSet.of(operations))["pooled"].accounts == 1
    AccountNow.objects.filter(account=acme).update(commercial_status="churned")
    assert served(AccountSet.of(operations)) == {}

"""Customers whose story is told on purpose, and what is then known about them.

Each story says in `known` what must be found in the database once it is loaded; the tests hold it to that. Days are
counted back from the end day.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from firstwin.demo.cast import Hands
from firstwin.demo.contacts import Contact, move, new_contact
from firstwin.demo.deals import Twist
from firstwin.demo.naming import domain_of
from firstwin.demo.script import Phase, Script, recorded_on
from firstwin.demo.told import KnownAs, Value, values_of
from firstwin.demo.words.talk import PATTERNS, Pattern
from firstwin.demo.writer import Said, Writer


@dataclass(frozen=True)
class Story:
    """A customer told by hand. `about`: how their script differs; `known`: what must be found (see the tests)."""

    key: str
    name: str
    tells: str
    known: Mapping[str, Any]
    about: Mapping[str, Any] = field(default_factory=dict)
    age: int = 900
    cast: Callable[[Script, Random, date], list[Contact]] | None = None
    contact: Callable[[Writer, Hands], list[Said]] | None = None
    owner: str = ""
    orphaned: int | None = None
    disagreement: Mapping[str, str] = field(default_factory=dict)
    unseen: Mapping[str, int] = field(default_factory=dict)
    moves_to: str = ""
    twist: Twist | None = None

    def script(self, number: int, as_of: date) -> Script:
        starts_on = as_of - timedelta(days=self.age)
        parent = self.about.get("parent")
        return Script(
            number=number,
            name=self.name,
            industry=self.about.get("industry", "Manufacturing"),
            country=self.about.get("country", "United Kingdom"),
            city=self.about.get("city", "Leeds"),
            tier=self.about.get("tier", "growth"),
            employees=self.about.get("employees", 800),
            revenue=self.about.get("revenue", 120_000_000) * 100,
            domain=domain_of(self.name),
            starts_on=starts_on,
            recorded_on=recorded_on(starts_on, as_of),
            arc="told",
            phases=(Phase("steady", starts_on, as_of),),
            parent=NUMBERS[parent] if parent else None,
            story=self.key,
            tags=self.about.get("tags", ()),
        )

    def values(self, script: Script, as_of: date) -> list[Value]:
        """As everybody's, but complete and undisputed unless the story says otherwise."""
        said = {
            value.key: value
            for value in values_of("told", script, as_of)
            if value.ends_on is None and value.source != "billing"
        }
        said["customer_since"] = Value("customer_since", "billing", script.recorded_on, day=script.starts_on)
        said["tier"] = Value("tier", "staff", script.recorded_on, text=script.tier)
        said["employees"] = Value("employees", "crm", script.recorded_on, number=float(script.employees))
        for key, text in (("industry", script.industry), ("country", script.country), ("city", script.city)):
            said[key] = Value(key, "crm", script.recorded_on, text=text)
        disputed = [
            Value(key, "billing", as_of - timedelta(days=140), text=text) for key, text in self.disagreement.items()
        ]
        return [*said.values(), *disputed]

    def sources(self, found: Sequence[KnownAs], as_of: date) -> list[KnownAs]:
        """Both sources know a told customer, and mention it every day unless the story says otherwise."""
        crm = found[0].external_id
        billing = found[1].external_id if len(found) > 1 else f"cus_{crm[4:]}"
        return [
            KnownAs(source, name, as_of - timedelta(days=self.unseen.get(source, 1)))
            for source, name in (("crm", crm), ("billing", billing))
        ]

    def mover(self, contacts: Sequence[Contact], old: Script, new: Script, as_of: date) -> Contact:
        """Whoever left and turns up at the other customer of the story."""
        moved = next((m for c in contacts if (m := move(Random(0), c, old, new, as_of))), None)  # noqa: S311
        if moved is None:
            raise ValueError(f"nobody moves in {self.key}")
        return moved


def _people(*seats: tuple[str, str, tuple[str, ...], int | None]) -> Callable[[Script, Random, date], list[Contact]]:
    """A cast by name: (name, title, roles, days since they left or None)."""

    def cast(script: Script, dice: Random, as_of: date) -> list[Contact]:
        found = []
        for name, title, roles, left in seats:
            contact = new_contact(dice, script, roles, script.recorded_on, name=name, title=title)
            if left is not None:
                contact.left_on = as_of - timedelta(days=left)
                contact.left_known_on = contact.left_on + timedelta(days=7)
            found.append(contact)
        return found

    return cast


def _told(
    writer: Writer, hands: Hands, days: Sequence[tuple[int, str, str]], *, who: Sequence[int] = (0,)
) -> list[Said]:
    """Contacts on exact days: (days ago, situation, direction). The place of each person in the cast is in `who`."""
    found: list[Said] = []
    for place, (ago, situation, direction) in enumerate(days):
        day = writer.as_of - timedelta(days=ago)
        if day < writer.script.recorded_on:
            continue  # not a customer yet
        options = [p for p in PATTERNS[situation] if p.direction == direction and "{left}" not in p.summary]
        pattern: Pattern = options[place % len(options)]
        there = [writer.contacts[at] for at in who if at < len(writer.contacts) and writer.contacts[at].is_there(day)]
        found.append(writer.say(pattern, day, author=hands.on(day), attendees=there))
    return found


def _sponsor_left(writer: Writer, hands: Hands) -> list[Said]:
    """Everybody until the sponsor went; since then only the person who does the work."""
    early = [(700 - 28 * n, "adoption", "both") for n in range(23)]
    before = _told(writer, hands, [*early, (62, "qbr", "both")], who=(0, 2))
    after = _told(
        writer, hands, [(34, "adoption", "both"), (20, "inbound", "theirs"), (6, "adoption", "both")], who=(2,)
    )
    return before + after


def _quiet_decline(writer: Writer, hands: Hands) -> list[Said]:
    """The gaps grow, the mood sours, and at last only we write."""
    steady = [(690 - 14 * n, "adoption", "both") for n in range(32)]
    slower = [(238, "adoption", "both"), (217, "adoption", "both"), (189, "sour", "both"), (154, "sour", "both")]
    last = [(112, "sour", "both"), (76, "sour", "theirs"), (41, "sour", "both")]
    ours = [(33, "chase", "ours"), (24, "chase", "ours"), (12, "chase", "ours")]
    return _told(writer, hands, [*steady, *slower, *last, *ours], who=(1,))


def _model(writer: Writer, hands: Hands) -> list[Said]:
    days = [(705 - 21 * n, "qbr" if n % 4 == 3 else "adoption", "both") for n in range(33)]
    found = _told(writer, hands, [*days, (10, "qbr", "both"), (4, "adoption", "both")], who=(0, 1, 3))
    next_on = writer.as_of + timedelta(days=9)
    return [
        *found[:-1],
        replace(found[-1], next_step="Walk the sponsor through the year in numbers", next_step_on=next_on),
    ]


def _silent(writer: Writer, hands: Hands) -> list[Said]:
    days = [(720 - 15 * n, "adoption", "both") for n in range(43)]
    return _told(writer, hands, [*days, (60, "qbr", "both")], who=(0, 1))


def _until_orphaned(writer: Writer, hands: Hands) -> list[Said]:
    return _told(
        writer, hands, [(650 - 30 * n, "adoption", "both") for n in range(21)] + [(27, "adoption", "both")], who=(1,)
    )


def _regular(writer: Writer, hands: Hands) -> list[Said]:
    return _told(writer, hands, [(680 - 27 * n, "adoption", "both") for n in range(25)] + [(8, "adoption", "both")])


def _family(key: str, name: str, parent: str, employees: int, revenue: int, age: int, city: str) -> Story:
    return Story(
        key, name, "A part of the Aldergate group.", {"parent": parent} if parent else {},
        about={"industry": "Hospitality", "city": city, "employees": employees, "revenue": revenue, "tier": "growth",
               **({"parent": parent} if parent else {})},
        age=age,
        contact=_regular,
    )  # fmt: skip


_FOUR = (
    ("Helen Marchetti", "Chief Operating Officer", ("sponsor",)),
    ("Ravi Menon", "Maintenance Manager", ("champion",)),
    ("Kasia Nowicka", "Maintenance Planner", ("doer",)),
    ("Declan Healy", "Asset Manager", ("accountable",)),
)

STORIES: tuple[Story, ...] = (
    Story(
        "sponsor-left", "Marlowe & Tate Foods",
        "The sponsor left 47 days ago, we learned it a week later, nobody followed; only the doer still talks to us.",
        {"roles_missing": ["sponsor"], "sponsor_left": 47, "last_two_way": 6, "talks_since": ["Kasia Nowicka"]},
        about={"industry": "Food and drink", "city": "Hull", "tier": "strategic", "employees": 2_400,
               "revenue": 410_000_000},
        cast=_people(*((*seat, 47 if place == 0 else None) for place, seat in enumerate(_FOUR))),
        contact=_sponsor_left, owner="Mina Castell",
    ),
    Story(
        "quiet-decline", "Kestrel Freight Lines",
        "Contacts grow rare and sour; the last in which they took part was 41 days ago, our last message 12 days ago.",
        {"roles_missing": [], "last_two_way": 41, "last_touch": 12, "sours_from": 189},
        about={"industry": "Logistics", "city": "Bristol", "tier": "strategic", "employees": 3_100,
               "revenue": 690_000_000},
        cast=_people(("Oluwaseun Fraser", "VP Operations", ("sponsor",), None),
                     ("Bridget Lawson", "Service Manager", ("champion", "accountable"), None),
                     ("Emre Kaya", "Scheduler", ("doer",), None)),
        contact=_quiet_decline, owner="Hugo Lindqvist",
    ),
    Story(
        "family", "Aldergate Group",
        "A group with three companies, one of which has four hotels: eight accounts, three deep.",
        {"below": 7, "children": 3, "employees": 4_060, "annual_revenue": 483_000_000, "since": 2_000},
        about={"industry": "Hospitality", "city": "London", "tier": "strategic", "employees": 240,
               "revenue": 12_000_000, "tags": ("multi-site",)},
        age=1_600, contact=_regular, owner="Mina Castell",
    ),
    _family("family-hotels", "Aldergate Hotels", "family", 520, 61_000_000, 2_000, "Brighton"),
    _family("family-leisure", "Aldergate Leisure", "family", 900, 118_000_000, 1_200, "Bristol"),
    _family("family-catering", "Aldergate Catering", "family", 1_150, 140_000_000, 640, "Leeds"),
    _family("family-harbour", "Aldergate Hotels Harbour", "family-hotels", 310, 38_000_000, 1_900, "Hull"),
    _family("family-oldtown", "Aldergate Hotels Old Town", "family-hotels", 280, 31_000_000, 1_400, "Norwich"),
    _family("family-airport", "Aldergate Hotels Airport", "family-hotels", 410, 55_000_000, 900, "Manchester"),
    _family("family-lakeside", "Aldergate Hotels Lakeside", "family-hotels", 250, 28_000_000, 420, "Glasgow"),
    Story(
        "champion-moved", "Bramley Community Care",
        "Priya Raman, their champion, left 95 days ago and now works at Northmoor Health Partners.",
        {"roles_missing": ["champion"], "moved": "Priya Raman", "to": "Northmoor Health Partners"},
        about={"industry": "Healthcare", "city": "Cardiff", "employees": 640},
        cast=_people(("Anwen Pritchard", "Managing Director", ("sponsor", "accountable"), None),
                     ("Priya Raman", "Continuous Improvement Lead", ("champion",), 95),
                     ("Lewis Barker", "Site Administrator", ("doer",), None)),
        contact=_regular, owner="Saira Qureshi", moves_to="champion-arrived",
    ),
    Story(
        "champion-arrived", "Northmoor Health Partners",
        "A younger customer that gained a champion who knows us from Bramley Community Care.",
        {"roles_missing": [], "arrived": "Priya Raman"},
        about={"industry": "Healthcare", "city": "Leeds", "employees": 1_900},
        age=300,
        cast=_people(("Samuel Whitfield", "Chief Operating Officer", ("sponsor",), None),
                     ("Farah Hussain", "Work Order Coordinator", ("doer",), None),
                     ("George Ashworth", "Head of Operations", ("accountable",), None)),
        owner="Peter Novak",
    ),
    Story(
        "model", "Juniper Textiles",
        "Everything as it should be: six roles covered, a steady rhythm, a next step in nine days, clean data.",
        {"roles_missing": [], "roles": 6, "last_two_way": 4, "next_step_in": 9, "issues": []},
        about={"industry": "Manufacturing", "country": "Germany", "city": "Kassel", "tier": "strategic",
               "employees": 5_200, "revenue": 980_000_000, "tags": ("reference", "case study")},
        cast=_people(("Ulrike Sommer", "Managing Director", ("sponsor",), None),
                     ("Jonas Lehmann", "Head of Maintenance", ("champion",), None),
                     ("Aylin Demir", "Maintenance Planner", ("doer",), None),
                     ("Ralf Albrecht", "Programme Manager", ("accountable",), None),
                     ("Nina Vogel", "IT Manager", ("technical",), None),
                     ("Dirk Haas", "Health and Safety Lead", ("influencer",), None)),
        contact=_model, owner="Hugo Lindqvist",
    ),
    Story(
        "orphan", "Sable Ridge Energy",
        "The re-organisation 23 days ago left it without an owner.",
        {"owner": None, "orphaned": 23, "issue": "no_owner", "last_two_way": 27},
        about={"industry": "Energy", "country": "United States", "city": "Denver", "employees": 1_250},
        contact=_until_orphaned, owner="Grace Tanaka", orphaned=23,
    ),
    Story(
        "silent", "Calloway Castings",
        "A strategic customer nobody has spoken to for exactly 60 days.",
        {"last_touch": 60, "last_two_way": 60, "tier": "strategic"},
        about={"industry": "Manufacturing", "country": "United States", "city": "Pittsburgh", "tier": "strategic",
               "employees": 6_800, "revenue": 1_450_000_000, "tags": ("executive attention",)},
        contact=_silent, owner="Mina Castell",
    ),
    Story(
        "disagreement", "Finch & Harrow Trading",
        "The CRM says retail, billing says consumer goods, and nobody has decided.",
        {"issue": "conflict", "attribute": "industry", "industry": "Consumer goods"},
        about={"industry": "Retail", "city": "Norwich", "tier": "core", "employees": 140, "revenue": 22_000_000},
        contact=_regular, owner="Inês Duarte", disagreement={"industry": "Consumer goods"},
    ),
    Story(
        "forgotten-source", "Tidewell Cold Chain",
        "The CRM has not mentioned it for 74 days; billing still does.",
        {"issue": "stale", "source": "crm", "days": 74},
        about={"industry": "Logistics", "country": "Ireland", "city": "Cork", "tier": "core", "employees": 210,
               "revenue": 31_000_000},
        contact=_regular, owner="Jonah Adeyemi", unseen={"crm": 74},
    ),
    Story(
        "expired-card", "Larkfield Bakeries",
        "Their card ran out with the last month and no other is on file; the last bill is open.",
        {"unpaid": 1},
        about={"industry": "Food and drink", "city": "Norwich", "tier": "core", "employees": 90, "revenue": 9_000_000},
        contact=_regular, owner="Jonah Adeyemi", twist=Twist(seats=24, card_expired=True, unpaid=(12,)),
    ),
    Story(
        "late-payer", "Copperline Logistics",
        "Two bills are overdue, the older one by 67 days, though the rhythm of contact looks fine.",
        {"overdue": 2, "overdue_days": 67},
        about={"industry": "Logistics", "city": "Manchester", "employees": 720, "revenue": 88_000_000},
        contact=_regular, owner="Saira Qureshi", twist=Twist(seats=140, renewal_in=170, unpaid=(97, 52)),
    ),
    Story(
        "ticket-storm", "Harbourne Marine Works",
        "Fourteen tickets in three weeks, several urgent, half of them open, 74 days before the renewal.",
        {"storm": 14, "renewal_in": 74},
        about={"industry": "Manufacturing", "city": "Hull", "tier": "strategic", "employees": 2_900,
               "revenue": 350_000_000},
        contact=_regular, owner="Mina Castell", twist=Twist(seats=310, renewal_in=74, storm=14),
    ),
    Story(
        "downsell", "Goldthorpe Paper",
        "120 days ago they gave back four of ten seats: the night shift never started.",
        {"downsell_ago": 120, "seats": 120, "seats_before": 200},
        about={"industry": "Manufacturing", "city": "Bristol", "employees": 1_100, "revenue": 140_000_000},
        contact=_regular, owner="Peter Novak", twist=Twist(seats=200, renewal_in=130, downsell=(120, 0.6)),
    ),
    Story(
        "win-back", "Weatherby Dairies",
        "They left 430 days ago and came back 160 days ago.",
        {"left": 430, "back": 160},
        about={"industry": "Food and drink", "city": "Leeds", "employees": 480, "revenue": 61_000_000},
        contact=_regular, owner="Grace Tanaka", twist=Twist(seats=75, gap=(430, 160)),
    ),
)  # fmt: skip

NUMBERS = {story.key: number for number, story in enumerate(STORIES)}


def stories_by_number() -> dict[int, Story]:
    return dict(enumerate(STORIES))

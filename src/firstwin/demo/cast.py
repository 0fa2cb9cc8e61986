"""The people of Fernhill Software, the company whose customers the demo shows."""

from dataclasses import dataclass
from datetime import date, timedelta

from firstwin.demo.dice import dice_for, pick
from firstwin.demo.words.people import NAMES
from firstwin.people.roles import Role

COMPANY = "Fernhill Software"
DOMAIN = "fernhill.example"

TEAMS = (("enterprise", "Enterprise"), ("growth", "Growth"), ("core", "Core"))
TEAM_OF_TIER = {"strategic": "enterprise", "growth": "growth", "core": "core"}


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff. `left`: days before the end day on which they left; None while they are there."""

    name: str
    role: Role
    team: str = ""
    left: int | None = None

    @property
    def email(self) -> str:
        first, _, last = self.name.lower().partition(" ")
        return f"{first}@{DOMAIN}" if self in STAFF else f"{first}.{last}@{DOMAIN}"


ADMIN = Colleague("Ada Marsh", Role.ADMIN)
OPERATIONS = Colleague("Owen Price", Role.OPERATIONS)
LEFT = Colleague("Tom Weller", Role.CSM, "growth", left=150)
ON_LEAVE = Colleague("Lena Brandt", Role.CSM, "core")
COVER = Colleague("Jonah Adeyemi", Role.CSM, "core")

STAFF = (
    ADMIN,
    OPERATIONS,
    Colleague("Ruth Okonjo", Role.MANAGER, "enterprise"),
    Colleague("Daniel Hale", Role.MANAGER, "growth"),
    Colleague("Mina Castell", Role.CSM, "enterprise"),
    Colleague("Hugo Lindqvist", Role.CSM, "enterprise"),
    Colleague("Saira Qureshi", Role.CSM, "growth"),
    Colleague("Peter Novak", Role.CSM, "growth"),
    Colleague("Grace Tanaka", Role.CSM, "growth"),
    ON_LEAVE,
    COVER,
    Colleague("Inês Duarte", Role.CSM, "core"),
    LEFT,
    Colleague("Nora Finch", Role.VIEWER),
)

LEAVE_STARTED = 70
LEAVE_ENDS = -50
"""Days before the end day; negative lies ahead."""

BOOK = 500
"""Accounts one CSM looks after when the demo is made large."""


def colleagues(accounts: int) -> tuple[Colleague, ...]:
    """Everybody, for a company with so many customers. The named ones come first."""
    more = max(0, accounts // BOOK - 8)
    return STAFF + tuple(_hire(number) for number in range(more))


def _hire(number: int) -> Colleague:
    dice = dice_for("hire", number)
    firsts, lasts = NAMES[pick(dice, sorted(NAMES))]
    # The number keeps two of the same name apart, as mail systems do.
    name = f"{pick(dice, firsts)} {pick(dice, lasts)} {number + 2}"
    return Colleague(name, Role.CSM, TEAMS[number % len(TEAMS)][0])


def books(staff: tuple[Colleague, ...]) -> dict[str, list[int]]:
    """Team → places in `staff` of the CSMs who are still there."""
    return {
        team: [
            place for place, who in enumerate(staff) if who.team == team and who.role == Role.CSM and who.left is None
        ]
        for team, _ in TEAMS
    }


@dataclass(frozen=True, slots=True)
class Stint:
    """Somebody (a place in the staff) looked after an account from a day on, until another."""

    who: int | None
    starts_on: date
    ends_on: date | None = None
    kind: str = "named"
    team: str = ""
    known_on: date | None = None


def days_before(day: date, days: int) -> date:
    return day - timedelta(days=days)

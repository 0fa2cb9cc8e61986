"""The people of Fernhill Software, the company whose customers the demo shows."""

from dataclasses import dataclass
from datetime import date

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


@dataclass(frozen=True, slots=True)
class Hands:
    """In whose hands an account lay: (from day, who) in order, and who covered while the owner was away."""

    turns: tuple[tuple[date, int | None], ...]
    cover: Stint | None = None

    @classmethod
    def of(cls, stints: "list[Stint]") -> "Hands":
        named = [stint for stint in stints if stint.kind == "named"]
        turns: list[tuple[date, int | None]] = [(stint.starts_on, stint.who) for stint in named]
        if named and named[-1].ends_on is not None:
            turns.append((named[-1].ends_on, None))
        return cls(tuple(turns), next((stint for stint in stints if stint.kind == "cover"), None))

    def on(self, day: date) -> int | None:
        """Who looked after the account on `day`: a place in the staff."""
        if self.cover is not None and self.covered_on(day) is not None:
            return self.cover.who
        return self._owner_on(day)

    def covered_on(self, day: date) -> int | None:
        """The owner who was away on `day`; None when they were there."""
        cover = self.cover
        if cover is None or not cover.starts_on <= day or (cover.ends_on is not None and day >= cover.ends_on):
            return None
        return self._owner_on(day)

    def _owner_on(self, day: date) -> int | None:
        who = self.turns[0][1] if self.turns else None
        for since, place in self.turns:
            if since <= day:
                who = place
        return who

"""The company, decided block by block: a block of a hundred customers refers to nobody outside it, so that a company
of any size is made in bounded memory. Pure: nothing here touches the database or asks the time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from firstwin.demo.bills import Bill, Purse, bills_of, purses_of
from firstwin.demo.calendar import between
from firstwin.demo.cast import (
    COVER,
    LEAVE_ENDS,
    LEAVE_STARTED,
    LEFT,
    ON_LEAVE,
    TEAM_OF_TIER,
    Colleague,
    Hands,
    Stint,
    books,
    colleagues,
)
from firstwin.demo.contacts import Contact, contacts_of, move
from firstwin.demo.deals import Deal, deal_of
from firstwin.demo.desk import Ask, asks_of
from firstwin.demo.dice import dice_for, pick
from firstwin.demo.naming import INDUSTRIES, Names, domain_of
from firstwin.demo.script import Script, a_country, a_start, a_tier, an_arc, phases_of, recorded_on, size_of
from firstwin.demo.stories import Story, stories_by_number
from firstwin.demo.told import KnownAs, Label, Remark, Value, known_as, labels_of, remarks_of, values_of
from firstwin.demo.touches import RICH, SPARSE, Cadence, touches_of
from firstwin.demo.words.firms import BRANCHES, COUNTRIES, SITES
from firstwin.demo.writer import Said, Writer

BLOCK = 100
LARGE = 5_000
"""From so many customers on contacts are sparse: what matters then is volume."""


@dataclass(slots=True)
class Customer:
    """Everything decided about one customer."""

    script: Script
    contacts: list[Contact]
    stints: list[Stint] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    sources: list[KnownAs] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    touches: list[Said] = field(default_factory=list)
    deal: Deal = field(default_factory=lambda: Deal("USD"))
    bills: list[Bill] = field(default_factory=list)
    purses: list[Purse] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    removed_on: date | None = None


class Company:
    """The customers of Fernhill, by seed, end day and size.

    first: the number of the first customer; not 0 when they are added to others. Stories are told from 0 on only.
    """

    def __init__(self, *, seed: int, as_of: date, accounts: int, first: int = 0) -> None:
        self.seed = f"{seed}+{first}"
        self.as_of, self.accounts, self.first = as_of, accounts, first
        self.staff: tuple[Colleague, ...] = colleagues(accounts)
        self.cadence: Cadence = SPARSE if accounts >= LARGE else RICH
        self._books = books(self.staff)
        self._place = {who.name: place for place, who in enumerate(self.staff)}
        self._names = Names()
        self._stories: dict[int, Story] = stories_by_number() if first == 0 else {}
        for story in self._stories.values():
            self._names.claim(story.name)

    def blocks(self) -> Iterator[list[Customer]]:
        """The customers, a hundred at a time. Names are given in this order: ask once."""
        for start in range(0, self.accounts, BLOCK):
            yield self._block(range(start, min(start + BLOCK, self.accounts)))

    def _block(self, numbers: range) -> list[Customer]:
        scripts: dict[int, Script] = {}
        for number in numbers:
            scripts[number] = self._script(number, numbers, scripts)
        customers = [Customer(script, self._contacts(script)) for script in scripts.values()]
        self._let_people_move(customers)
        heads = {script.parent for script in scripts.values()}
        for customer in customers:
            self._fill(customer)
            customer.removed_on = None if customer.script.number in heads else self._removal(customer.script)
        return customers

    def _removal(self, script: Script) -> date | None:
        """Some of those who left are taken out of the lists a while after; the others are still looked at."""
        gone = script.ends_on + timedelta(days=60) if script.ends_on else None
        return gone if gone and gone < self.as_of and dice_for(self.seed, script.number, "end").random() < 0.6 else None

    def _script(self, number: int, block: range, earlier: dict[int, Script]) -> Script:
        dice = dice_for(self.seed, number, "script")
        if story := self._stories.get(number):
            return story.script(number, self.as_of)
        parent = self._parent(number, block, earlier)
        tier = a_tier(dice)
        country = parent.country if parent and dice.random() < 0.6 else a_country(dice)
        industry = parent.industry if parent and dice.random() < 0.75 else pick(dice, INDUSTRIES)
        starts_on, arc = a_start(dice, self.as_of), an_arc(dice)
        phases, ends_on = phases_of(dice, arc, starts_on, self.as_of)
        employees, revenue = size_of(dice, tier)
        name = self._branch(dice, parent) if parent else self._names.name(dice, industry, country)
        return Script(
            number=number,
            name=name,
            industry=industry,
            country=country,
            city=pick(dice, COUNTRIES[country][3]),
            tier=tier,
            employees=employees,
            revenue=revenue,
            domain=parent.domain if parent and dice.random() < 0.5 else domain_of(name),
            starts_on=starts_on,
            recorded_on=recorded_on(starts_on, self.as_of),
            arc=arc,
            phases=phases,
            ends_on=ends_on,
            parent=parent.number if parent else None,
        )

    def _parent(self, number: int, block: range, earlier: dict[int, Script]) -> Script | None:
        """Every tenth customer may head a group: one to five follow it, the second of them below the first."""
        place = number % 10
        head = number - place
        if place == 0 or head not in block or head in self._stories or number % BLOCK < 10:
            return None
        size = int(dice_for(self.seed, head, "group").random() * 6)
        if place > size:
            return None
        return earlier[head + 1] if place == 2 and size > 2 else earlier[head]

    def _branch(self, dice: Random, parent: Script) -> str:
        endings = SITES if parent.parent is not None else BRANCHES
        root = parent.name
        for _ in range(60):
            name = f"{root} {pick(dice, endings)}"
            if self._names.claim(name):
                return name
        return self._names.name(dice, parent.industry, parent.country)

    def _contacts(self, script: Script) -> list[Contact]:
        story = self._stories.get(script.number)
        if story and story.cast:
            return story.cast(script, dice_for(self.seed, script.number, "people"), self.as_of)
        return contacts_of(self.seed, script, self.as_of, share=self.cadence.people)

    def _let_people_move(self, customers: Sequence[Customer]) -> None:
        """Some of those who left one customer turn up at another of the block. Told stories keep their cast."""
        dice = dice_for(self.seed, customers[0].script.number, "moves")
        told = [customer for customer in customers if customer.script.story]
        others = [customer for customer in customers if not customer.script.story]
        if told:
            self._tell_of_moves({customer.script.story: customer for customer in told})
        for customer in others:
            for contact in list(customer.contacts):
                if contact.left_on and not contact.moved_from and dice.random() < 0.12:
                    to = pick(dice, others)
                    if to is not customer and (moved := move(dice, contact, customer.script, to.script, self.as_of)):
                        to.contacts.append(moved)

    def _tell_of_moves(self, told: dict[str, Customer]) -> None:
        for story in self._stories.values():
            if story.moves_to and story.key in told and story.moves_to in told:
                to = told[story.moves_to]
                to.contacts.append(story.mover(told[story.key].contacts, told[story.key].script, to.script, self.as_of))

    def _fill(self, customer: Customer) -> None:
        script, story = customer.script, self._stories.get(customer.script.number)
        customer.stints = self._stints(script, story)
        hands = Hands.of(customer.stints)
        writer = Writer(self.seed, script, customer.contacts, self.as_of)
        if story and story.contact:
            customer.touches = story.contact(writer, hands)
        else:
            customer.touches = touches_of(writer, self.cadence, hands, [who.name for who in self.staff])
        customer.values = values_of(self.seed, script, self.as_of)
        customer.sources = known_as(self.seed, script, self.as_of, number=self.first + script.number)
        if story:
            customer.values = story.values(script, self.as_of)
            customer.sources = story.sources(customer.sources, self.as_of)
        customer.labels = labels_of(self.seed, script, self.as_of)
        if self.cadence.is_rich:
            author = hands.turns[-1][1]
            customer.remarks = remarks_of(self.seed, script, customer.contacts, self.as_of, author)
        self._trade(customer, story)

    def _trade(self, customer: Customer, story: Story | None) -> None:
        """What they bought, were billed and asked for help with."""
        script, number = customer.script, self.first + customer.script.number
        seed, as_of, twist = self.seed, self.as_of, story.twist if story else None
        customer.deal = deal_of(seed, script, as_of, number=number, is_rich=self.cadence.is_rich, twist=twist)
        customer.bills = bills_of(seed, script, customer.deal, as_of, number=number, twist=twist)
        customer.purses = purses_of(seed, script, as_of, number=number, twist=twist)
        customer.asks = asks_of(
            seed, script, customer.contacts, as_of, number=number, is_rich=self.cadence.is_rich, twist=twist
        )

    def _stints(self, script: Script, story: Story | None) -> list[Stint]:
        dice = dice_for(self.seed, script.number, "owner")
        team = TEAM_OF_TIER[script.tier]
        since, as_of = script.recorded_on, self.as_of
        owner = pick(dice, self._books[team])
        if story and story.owner:
            owner = self._place[story.owner]
        left_on = as_of - timedelta(days=LEFT.left or 0)
        was_left = not story and team == LEFT.team and since < left_on - timedelta(days=20) and dice.random() < 0.3
        turn = left_on if was_left else None
        earlier = self._place[LEFT.name] if was_left else pick(dice, self._books[team])
        if turn is None and not story and earlier != owner and (as_of - since).days > 260 and dice.random() < 0.2:
            turn = between(dice, since + timedelta(days=90), as_of - timedelta(days=40))
        stints = [Stint(owner, since)]
        if turn is not None:
            stints = [Stint(earlier, since, turn), Stint(owner, turn)]
        if story and story.orphaned is not None:
            stints[-1] = replace(stints[-1], ends_on=as_of - timedelta(days=story.orphaned))
        elif not story and dice.random() < 0.012 and (as_of - stints[-1].starts_on).days > 60:
            dropped = between(dice, stints[-1].starts_on + timedelta(days=30), as_of - timedelta(days=3))
            stints[-1] = replace(stints[-1], ends_on=dropped)
        return stints + self._beside(dice, script, owner, team)

    def _beside(self, dice: Random, script: Script, owner: int, team: str) -> list[Stint]:
        """Co-owners of large customers, the pool of small ones, and cover while somebody is on leave."""
        since, as_of, found = script.recorded_on, self.as_of, []
        if script.tier == "strategic" and dice.random() < 0.25:
            other = pick(dice, self._books["growth"])
            found.append(Stint(other, between(dice, since, as_of - timedelta(days=5)), kind="co_owner"))
        if script.tier == "core" and dice.random() < 0.3:
            found.append(Stint(None, since, kind="pooled", team=team))
        starts_on, ends_on = as_of - timedelta(days=LEAVE_STARTED), as_of - timedelta(days=LEAVE_ENDS)
        if owner == self._place[ON_LEAVE.name] and since < starts_on:
            announced = starts_on - timedelta(days=14)
            cover = self._place[COVER.name]
            found.append(Stint(cover, starts_on, ends_on, "cover", known_on=max(since, announced)))
        return found

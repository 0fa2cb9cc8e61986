"""Which rows of a slice go on, and as whom; which wait for a person; which a person told us to leave alone."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from firstwin.accounts.actions.people import folded_email
from firstwin.accounts.actions.receive import Received
from firstwin.accounts.models import (
    Account,
    AccountExternalId,
    AccountNow,
    Domain,
    Membership,
    Person,
    PersonExternalId,
)
from firstwin.accounts.references import Reference, addressed
from firstwin.connectors.kinds.intake import Intake, Taken
from firstwin.connectors.matching import names
from firstwin.connectors.matching.weigh import Candidate, from_evidence, verdict
from firstwin.connectors.models.match import MatchCase, MatchState
from firstwin.core.text import fold

_COMMON = 200
"""A word that stands in more names than this tells nothing."""

IGNORED = "left alone, as decided in the match queue"


@dataclass
class Sifted:
    """going: rows to take in.  certain: line → the record it means.  waiting, ignored: lines."""

    going: list[Taken] = field(default_factory=list)
    certain: dict[int, int] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    ignored: set[int] = field(default_factory=set)


Weigh = Any


def sift(taken: Sequence[Taken], intake: Intake, kind: str) -> Sifted:
    """Weigh the rows whose ids are new to us. Without `match` in the mapping every row goes on, as ever."""
    wanted = intake.binding.file.match
    if not wanted:
        return Sifted(going=list(taken))
    unknown = _unknown(taken, intake.source, kind)
    decided = _decided(unknown, intake.source, kind)
    sifted = Sifted()
    asked: list[tuple[Taken, Sequence[Candidate]]] = []
    open_ = [one for one in unknown if decided.get(one.row.external_id) is None]
    weigh = _accounts(open_, intake, wanted) if kind == "accounts" else _people(open_, intake, wanted)
    claimed: set[int] = set()
    for one in taken:
        state = decided.get(one.row.external_id)
        candidates = [c for c in weigh.get(one.row.line, ()) if c.id not in claimed]
        meant = verdict(candidates) if candidates else None
        if state == MatchState.IGNORED:
            sifted.ignored.add(one.row.line)
        elif isinstance(meant, int):
            claimed.add(meant)
            sifted.certain[one.row.line] = meant
            sifted.going.append(one)
        elif meant is None:
            sifted.going.append(one)
        else:
            sifted.waiting.add(one.row.line)
            asked.append((one, meant))
    _ask(asked, intake, kind)
    return sifted


def attach(taken: Sequence[Taken], certain: Mapping[int, int], intake: Intake) -> None:
    """Remember the ids of rows that certainly mean an account we know."""
    rows = [one.row for one in taken if one.row.line in certain]
    AccountExternalId.objects.bulk_create(
        AccountExternalId(
            account_id=certain[row.line],
            source=intake.source,
            external_id=row.external_id,
            recorded_at=intake.now,
            seen_at=intake.now,
        )
        for row in rows
    )
    if intake.is_dry:
        for row in rows:
            own = Reference("account", "external_id", row.external_id, intake.source)
            intake.directory.pretend(own, certain[row.line])


def leave_alone(sifted: Sifted, received: Received, intake: Intake) -> None:
    """Say what becomes of the rows that do not go on."""
    received.waiting |= sifted.waiting
    for line in sifted.ignored:
        received.skipped.add(line)
        intake.report.skipped[IGNORED] += 1


def waiting_reasons(to: str, source: str, ids: Collection[str]) -> dict[str, str]:
    """For rows that refer to a record which waits: why there is none yet."""
    kind = "accounts" if to == "account" else "people"
    rows = MatchCase.objects.waiting().filter(source=source, kind=kind, external_id__in=ids)
    says = "waits in the match queue; import this row again when it is decided."
    return {name: f"The {to} {name!r} {says}" for name in rows.values_list("external_id", flat=True)}


def _unknown(taken: Sequence[Taken], source: str, kind: str) -> list[Taken]:
    table: Any = AccountExternalId if kind == "accounts" else PersonExternalId
    ids = {one.row.external_id for one in taken}
    known = set(table.objects.filter(source=source, external_id__in=ids).values_list("external_id", flat=True))
    return [
        one
        for one in taken
        if one.row.external_id not in known
        and not one.row.external_id.startswith("~")
        and not one.row.values.get("removed")
    ]


def _decided(unknown: Sequence[Taken], source: str, kind: str) -> dict[str, str | None]:
    """External id → what a person decided; None while it waits."""
    ids = [one.row.external_id for one in unknown]
    rows = MatchCase.objects.filter(source=source, kind=kind, external_id__in=ids)
    settled = (MatchState.NEW, MatchState.IGNORED)
    return dict(rows.filter(state__in=settled).values_list("external_id", "state"))


def _accounts(rows: Sequence[Taken], intake: Intake, wanted: Collection[str]) -> dict[int, list[Candidate]]:
    """Line → accounts it may mean. An account this source has another id for is not one of them."""
    domains = {one.row.line: set(one.row.values.get("domains") or ()) for one in rows} if "domain" in wanted else {}
    every = {name for said in domains.values() for name in said}
    held: dict[str, set[int]] = defaultdict(set)
    for name, pk in Domain.objects.filter(name__in=every, account__removed_at__isnull=True).values_list(
        "name", "account_id"
    ):
        held[name].add(pk)
    alike: dict[int, list[tuple[int, float, str]]] = {}
    if "name" in wanted:
        index = intake.names = intake.names or NameIndex.of_accounts()
        alike = {one.row.line: index.like(one.row.values.get("name") or "") for one in rows}
    mentioned = {pk for found in alike.values() for pk, _, _ in found} | {pk for ids in held.values() for pk in ids}
    spoken = AccountExternalId.objects.filter(source=intake.source, account__in=mentioned)
    taken = set(spoken.values_list("account_id", flat=True))
    own_names = dict(Account.objects.filter(pk__in=mentioned).values_list("pk", "name"))
    with_domain = set(Domain.objects.filter(account__in=mentioned).values_list("account_id", flat=True))
    found: dict[int, list[Candidate]] = {}
    for one in rows:
        line, said = one.row.line, domains.get(one.row.line, set())
        shared = {pk: name for name in sorted(said) for pk in held.get(name, ()) if pk not in taken}
        like = {pk: (score, why) for pk, score, why in alike.get(line, ()) if pk not in taken and pk in own_names}
        for pk in shared:
            like.setdefault(pk, names.likeness(one.row.values.get("name") or "", own_names.get(pk, "")))
        candidates = [
            from_evidence(
                pk,
                key=f"domain {shared[pk]}" if pk in shared else "",
                keyed=len(shared),
                likeness=like[pk][0],
                like=like[pk][1],
                other_key="another domain" if said and pk in with_domain and pk not in shared else "",
            )
            for pk in like
        ]
        found[line] = [candidate for candidate in candidates if candidate is not None]
    return found


def _people(rows: Sequence[Taken], intake: Intake, wanted: Collection[str]) -> dict[int, list[Candidate]]:
    """Line → people it may mean: by address, or by name at the account the row names."""
    emails = {one.row.line: folded_email(said)[:400] for one in rows if (said := one.row.values.get("email"))}
    keyed: dict[str, set[int]] = defaultdict(set)
    for address, pk in addressed(set(emails.values())):
        keyed[address].add(pk)
    homes: dict[int, int] = {}
    if "name" in wanted:
        places = {one.row.values["account"] for one in rows if one.row.values.get("account") is not None}
        meant = intake.directory.find(places)
        for one in rows:
            place = one.row.values.get("account")
            answer = meant.get(place) if place is not None else None
            if isinstance(answer, int):
                homes[one.row.line] = answer
    there: dict[int, list[tuple[int, str]]] = defaultdict(list)
    members = Membership.objects.open().filter(account__in=set(homes.values()), person__removed_at__isnull=True)
    for account, pk, name in members.values_list("account_id", "person_id", "person__name"):
        there[account].append((pk, name))
    mentioned = {pk for ids in keyed.values() for pk in ids} | {pk for all_ in there.values() for pk, _ in all_}
    spoken = PersonExternalId.objects.filter(source=intake.source, person__in=mentioned)
    taken = set(spoken.values_list("person_id", flat=True))
    own = dict(Person.objects.filter(pk__in=mentioned).values_list("pk", "name"))
    found: dict[int, list[Candidate]] = {}
    for one in rows:
        address, name = emails.get(one.row.line, ""), one.row.values.get("name") or ""
        shared = keyed.get(address, set()) - taken if address else set()
        namesakes = {pk for pk, held in there.get(homes.get(one.row.line, 0), ()) if name and fold(held) == fold(name)}
        candidates = [
            from_evidence(
                pk,
                key=f"address {one.row.values['email']}" if pk in shared else "",
                keyed=len(shared),
                likeness=0.9 if name and fold(own.get(pk, "")) == fold(name) else 0.0,
                like="same name at the same account" if pk in namesakes else "same name" if pk in shared else "",
                other_key="another address" if address and pk not in shared else "",
            )
            for pk in shared | (namesakes - taken)
        ]
        found[one.row.line] = [candidate for candidate in candidates if candidate is not None]
    return found


class NameIndex:
    """The names of all accounts by the words in them. Made once for a file; about 400 bytes an account."""

    def __init__(self, named: Sequence[tuple[int, str]]) -> None:
        self._names = dict(named)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for pk, name in named:
            for word in set(names.core(name)):
                self._by_word[word].append(pk)

    @classmethod
    def of_accounts(cls) -> "NameIndex":
        rows = AccountNow.objects.filter(is_removed=False).values_list("account_id", "name")
        return cls(list(rows.iterator(chunk_size=20_000)))

    def like(self, name: str) -> list[tuple[int, float, str]]:
        """(account, how alike, why) of those whose name is alike, the best few."""
        near: set[int] = set()
        for word in names.core(name):
            here = self._by_word.get(word, ())
            if len(here) <= _COMMON:
                near.update(here)
        scored = [(pk, *names.likeness(name, self._names[pk])) for pk in near]
        found = [one for one in scored if one[1] > 0]
        return sorted(found, key=lambda one: (-one[1], one[0]))[:8]


def _ask(asked: Sequence[tuple[Taken, Sequence[Candidate]]], intake: Intake, kind: str) -> None:
    """Put the question, or put it again with what is known now."""
    if not asked or intake.run is None:
        return
    cases = [
        MatchCase(
            source=intake.source,
            kind=kind,
            external_id=one.row.external_id,
            feed=intake.binding.file.name,
            run_id=intake.run,
            line=one.row.line,
            header=list(intake.binding.header),
            cells=[str(cell) for cell in one.row.cells],
            said=_in_words(one),
            candidates=[{"id": c.id, "confidence": c.confidence, "reasons": list(c.reasons)} for c in candidates[:5]],
            best=candidates[0].confidence,
            asked_at=intake.now,
        )
        for one, candidates in asked
    ]
    MatchCase.objects.bulk_create(
        cases,
        update_conflicts=True,
        unique_fields=["source", "kind", "external_id"],
        update_fields=["feed", "run", "line", "header", "cells", "said", "candidates", "best", "asked_at", "state"],
    )


def _in_words(one: Taken) -> dict[str, str]:
    """What the row says, field by field, short."""
    found: dict[str, str] = {}
    for name, value in one.row.values.items():
        if value is None or value == () or value == []:
            continue
        if isinstance(value, Reference):
            value = value.value
        elif isinstance(value, tuple | list):
            value = ", ".join(str(item) for item in value if item is not None)
        found[name.removeprefix("attribute:").replace("_", " ").capitalize()] = str(value)[:200]
    return found

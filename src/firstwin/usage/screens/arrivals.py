"""What arrived last: batches still in the inbox, then the newest rows of the lake, each with whom it means."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from firstwin.accounts.scope import AccountSet
from firstwin.usage.models import Source
from firstwin.usage.screens.naming import Customer, Human, Names
from firstwin.usage.store.models import Actor, EventName, Inbox, Piece
from firstwin.usage.store.models.inbox import Form

MOST = 100
_BATCHES = 12
_PIECES = 6


@dataclass(frozen=True)
class Wanted:
    """What the reader looks for; '' and None for anything. person: a user id, an anonymous id, as the source has it."""

    source: int | None = None
    event: str = ""
    person: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Arrival:
    """One event. is_stored: it stands in the lake; else it is safe in the inbox and is taken up in a moment."""

    received_at: datetime
    occurred_at: datetime | None
    source: int
    source_name: str
    call: str
    event: str
    body: str
    is_stored: bool
    customer: Customer
    human: Human

    @property
    def called(self) -> str:
        return self.event or self.call


def newest(wanted: Wanted, scope: AccountSet, *, count: int = MOST) -> list[Arrival]:
    """The newest first: what waits, then what is stored."""
    names = dict(Source.objects.values_list("pk", "name"))
    waits = waiting(wanted, names, count=count)
    return [*waits, *stored(wanted, names, scope, count=count - len(waits))] if len(waits) < count else waits


# --- not yet taken up -------------------------------------------------------------------------------------


def waiting(wanted: Wanted, names: dict[int, str], *, count: int) -> list[Arrival]:
    """Elements of the newest batches in the inbox, as they were sent."""
    rows = Inbox.objects.filter(held_at__isnull=True, form=Form.SEGMENT).order_by("-pk")
    if wanted.source is not None:
        rows = rows.filter(source=wanted.source)
    if wanted.since is not None:
        rows = rows.filter(received_at__gte=wanted.since)
    found: list[Arrival] = []
    for row in rows[:_BATCHES]:
        for element in elements(bytes(row.body)):
            made = _as_sent(element, row, names)
            if _is_wanted(made, wanted):
                found.append(made)
            if len(found) >= count:
                return found
    return found


def elements(body: bytes) -> Iterator[dict[str, Any]]:
    """The calls in a body, the last one first; nothing for what is no JSON."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return
    batch = told.get("batch") if isinstance(told, dict) else None
    for one in reversed(batch) if isinstance(batch, list) else [told]:
        if isinstance(one, dict):
            yield one


def _as_sent(element: dict[str, Any], row: Inbox, names: dict[int, str]) -> Arrival:
    context = element.get("context")
    group = element.get("groupId") or (context.get("groupId") if isinstance(context, dict) else "")
    user, anonymous = element.get("userId"), element.get("anonymousId")
    return Arrival(
        received_at=row.received_at,
        occurred_at=None,
        source=row.source,
        source_name=names.get(row.source, f"Source {row.source}"),
        call=_text(element.get("type")) or row.call,
        event=_text(element.get("event") or element.get("name")),
        body=pretty(element),
        is_stored=False,
        customer=Customer(_text(group)),
        human=Human(_text(user or anonymous), is_anonymous=not user and bool(anonymous)),
    )


def _is_wanted(one: Arrival, wanted: Wanted) -> bool:
    event, person = wanted.event.casefold(), wanted.person.casefold()
    return event in one.called.casefold() and (not person or person == one.human.key.casefold())


# --- in the lake ------------------------------------------------------------------------------------------


def stored(wanted: Wanted, names: dict[int, str], scope: AccountSet, *, count: int) -> list[Arrival]:
    """The rows received last, out of the newest segments."""
    pieces = list(Piece.objects.filter(table="events", retired_at=None).order_by("-made_at", "-pk")[:_PIECES])
    features = _features(wanted.event)
    actors = _actors(wanted.person)
    if not pieces or features == [] or actors == []:
        return []
    rows = _rows(pieces, wanted, features, actors, count)
    said = Names(((row["place"], row["actor"]) for row in rows), scope)
    called = {one.pk: one for one in EventName.objects.filter(pk__in={row["feature"] for row in rows})}
    return [_as_stored(row, names, said, called.get(row["feature"])) for row in rows]


def _rows(
    pieces: Sequence[Piece],
    wanted: Wanted,
    features: Collection[int] | None,
    actors: Collection[int] | None,
    count: int,
) -> list[dict[str, Any]]:
    from firstwin.usage.lake import duck

    tests: list[str] = ["true"]
    values: list[Any] = []
    if wanted.source is not None:
        tests.append("source = ?")
        values.append(wanted.source)
    for column, numbers in (("feature", features), ("actor", actors)):
        if numbers is not None:
            tests.append(f"{column} in ({', '.join(str(int(number)) for number in numbers)})")
    if wanted.since is not None:
        tests.append("received >= ?")
        values.append(wanted.since.astimezone(UTC).replace(tzinfo=None))
    columns = ("place", "actor", "feature", "what", "source", "ts", "received", "count", "people", "run", "props")
    with duck.connected("256MB") as lake:
        where = " and ".join(tests)
        asked = f"select {', '.join(columns)} from {duck.rows_in('events', pieces)} where {where}"  # noqa: S608
        found = lake.execute(f"{asked} order by received desc, ts desc limit {int(count)}", values).fetchall()
    return [dict(zip(columns, row, strict=True)) for row in found]


def _features(event: str) -> list[int] | None:
    """Numbers of the event names that hold these words; None for any. A call (`identify`) has no name: none hold it."""
    if not event:
        return None
    return list(EventName.objects.filter(name__icontains=event).values_list("pk", flat=True)[:500])


def _actors(person: str) -> list[int] | None:
    """Numbers of whoever has this id, and of those that turned out to be the same human; None for any."""
    if not person:
        return None
    own = dict(Actor.objects.filter(key__in=[f"u:{person}", f"a:{person}"]).values_list("pk", "same_as"))
    heads = set(own) | {head for head in own.values() if head}
    return [*heads, *Actor.objects.filter(same_as__in=heads).values_list("pk", flat=True)[:500]]


def _as_stored(row: dict[str, Any], names: dict[int, str], said: Names, called: EventName | None) -> Arrival:
    from firstwin.usage.lake.schema import What  # with it comes a heavy library

    what = What(row["what"])
    calls = {What.IDENTIFY: "identify", What.GROUP: "group", What.ALIAS: "alias", What.AGGREGATE: "count"}
    details = {"properties": _parsed(row["props"])} if row["props"] else {}
    if what is What.AGGREGATE:
        details |= {"count": row["count"], "people": row["people"], "import": row["run"] or None}
    return Arrival(
        received_at=row["received"].replace(tzinfo=UTC),
        occurred_at=row["ts"].replace(tzinfo=UTC),
        source=row["source"],
        source_name=names.get(row["source"], f"Source {row['source']}"),
        call=calls.get(what, called.kind if called else "track"),
        event=called.name if called else "",
        body=pretty(details) if details else "",
        is_stored=True,
        customer=said.customer(row["place"], row["actor"]),
        human=said.human(row["actor"]),
    )


# --- words ------------------------------------------------------------------------------------------------


def pretty(told: Any) -> str:
    """JSON as people read it."""
    try:
        return _clean(json.dumps(told, indent=2, ensure_ascii=False))
    except RecursionError:
        return "It is nested too deeply to be shown."


def pretty_bytes(body: bytes) -> str:
    """A body as people read it: indented where it is JSON, else as it came."""
    try:
        return pretty(json.loads(body))
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")


def without_details(one: Arrival) -> Arrival:
    """As those see it who may not see what customers send: that it came, and for whom of theirs."""
    human = Human() if not one.customer.account_key else one.human
    customer = one.customer if one.customer.account_key or not one.is_stored else Customer()
    return replace(one, body="", human=human, customer=customer)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _text(value: object) -> str:
    return _clean(str(value)[:200]) if isinstance(value, str | int) else ""


def _clean(text: str) -> str:
    """Half a character, which JSON may spell but no page may hold, becomes a question mark."""
    return text.encode("utf-8", "replace").decode()

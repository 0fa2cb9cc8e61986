"""Which actors are one human, worked out from the links: the same whatever order those arrived in.

Users that alias calls join are one human, called by the smallest of their keys. An anonymous actor belongs to the user
it was linked to first (the one with the smaller key, if to two at once): a shared computer joins nobody.
"""

import logging
from collections.abc import Collection

from firstwin.usage.compact.looking import rows_among, set_column
from firstwin.usage.store.models import Actor, Link

logger = logging.getLogger(__name__)

MOST = 1_000
"""Users that can be one human. More than that is a program that calls alias with the same id for everybody."""


def settle_links(actors: Collection[int]) -> set[int]:
    """Bring `Actor.same_as` up to date around these. Returns the actors for whom it changed."""
    if not actors:
        return set()
    users, anonymous = _sorted_out(actors)
    changed = _settle_users(_joined(users))
    if changed:
        anonymous |= _sorted_out(_neighbours(changed))[1]
    return changed | _settle_anonymous(anonymous)


def _joined(users: set[int]) -> set[int]:
    """Those of them that links join with other users: most are linked with anonymous actors only."""
    found = {actor for pair in _pairs(users) for actor in pair}
    return users & found if found else set()


def _pairs(users: Collection[int]) -> list[tuple[int, int]]:
    there = rows_among(Link.objects.all(), "actor", users, "actor", "other")
    back = rows_among(Link.objects.all(), "other", users, "actor", "other")
    others = _sorted_out({actor for actor, _ in back})[0] if back else set()
    return [*there, *((actor, other) for actor, other in back if actor in others)]


def _neighbours(users: Collection[int]) -> set[int]:
    return {actor for (actor,) in rows_among(Link.objects.all(), "other", users, "actor")}


def _sorted_out(actors: Collection[int]) -> tuple[set[int], set[int]]:
    keys = dict(rows_among(Actor.objects.all(), "id", actors, "pk", "key"))
    anonymous = {pk for pk, key in keys.items() if key.startswith("a:")}
    return set(keys) - anonymous, anonymous


def _settle_users(users: set[int]) -> set[int]:
    changed: set[int] = set()
    ahead = set(users)
    while ahead:
        human = _human_of(ahead.pop())
        ahead -= human
        rows = rows_among(Actor.objects.all(), "id", human, "key", "pk", "same_as")
        best = min(rows)[1]
        wanted = {pk: None if pk == best or len(human) > MOST else best for _, pk, _ in rows}
        wrong = {pk: wanted[pk] for _, pk, stands in rows if stands != wanted[pk]}
        set_column(Actor, "same_as", wrong)
        changed |= wrong.keys()
    return changed


def _human_of(user: int) -> set[int]:
    """All users that links join with this one."""
    found, ahead = {user}, {user}
    while ahead and len(found) <= MOST:
        ahead = {actor for pair in _pairs(ahead) for actor in pair} - found
        found |= ahead
    if len(found) > MOST:
        logger.warning("More than %d users are aliases of actor %d: they stay apart.", MOST, user)
    return found


def _settle_anonymous(anonymous: set[int]) -> set[int]:
    links = rows_among(Link.objects.all(), "actor", anonymous, "actor", "from_at", "other")
    users = rows_among(Actor.objects.all(), "id", {other for _, _, other in links}, "pk", "key", "same_as")
    keys = {pk: key for pk, key, _ in users}
    humans = {pk: same_as or pk for pk, _, same_as in users}
    first: dict[int, tuple[object, str, int]] = {}
    for actor, at, other in links:
        said = (at, keys[other], other)
        first[actor] = min(said, first.get(actor, said))
    stands = dict(rows_among(Actor.objects.all(), "id", first, "pk", "same_as"))
    wanted = {actor: humans[other] for actor, (_, _, other) in first.items()}
    changed = {actor: human for actor, human in wanted.items() if stands[actor] != human}
    set_column(Actor, "same_as", changed)
    return set(changed)

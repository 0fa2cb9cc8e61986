"""Whether a tree makes sense in a vocabulary."""

from datetime import date

from firstwin.core.conditions.changes import no_past_of_rows
from firstwin.core.conditions.operators import require_operator
from firstwin.core.conditions.tree import Condition, Related, Test, bounded, children
from firstwin.core.conditions.values import typed
from firstwin.core.errors import Refused
from firstwin.core.fields import Collection, Vocabulary

# Any day and any person will do: only the shape of the value is looked at.
_SOME_DAY, _SOMEBODY = date(2024, 2, 29), 0


def check(tree: Condition, vocabulary: Vocabulary) -> None:
    """Raises Refused for the first node that cannot be asked, with its path and what is allowed there."""
    _check(bounded(tree), vocabulary, "", inside=None)


def _check(tree: Condition, vocabulary: Vocabulary, path: str, inside: Collection | None) -> None:
    try:
        if isinstance(tree, Test):
            field = vocabulary.field(tree.field)
            op = require_operator(field, tree.op)
            if inside is not None and op == "changed":
                raise no_past_of_rows(inside.label)
            typed(field, op, tree.value, _SOME_DAY, _SOMEBODY)
        elif isinstance(tree, Related):
            inside = related_collection(tree, vocabulary, inside)
            vocabulary = inside.vocabulary
    except Refused as refused:
        raise at(path, refused) from None
    for step, part in children(tree):
        _check(part, vocabulary, f"{path}.{step}" if path else step, inside)


def related_collection(tree: Related, vocabulary: Vocabulary, inside: Collection | None = None) -> Collection:
    """The collection a node speaks of. Raises Refused where it cannot be asked for like that."""
    if inside is not None:
        raise Refused(f"Rows of {inside.label.lower()} have no collections of their own.")
    collection = vocabulary.collection(tree.collection)
    if tree.within_days is not None and collection.dated is None:
        raise Refused(f"{collection.label} carry no date, so they cannot be asked for by a window.")
    if collection.reach is not None and (tree.within_days is None or tree.within_days > collection.reach):
        raise Refused(f"{collection.label} are looked back over for {collection.reach} days: say in how many of them.")
    return collection


def at(path: str, refused: Refused) -> Refused:
    """The refusal with its place in front."""
    return Refused(f"{path}: {refused.message}" if path else refused.message, field="where")

"""A segment's condition as people read and type it."""

from firstwin.core.conditions import All, Any, Condition, Not, sentence, to_text
from firstwin.core.errors import Refused
from firstwin.core.fields import Vocabulary


def simplified(tree: Condition) -> Condition:
    """The same without lists of one, which the text form cannot say."""
    match tree:
        case All(parts) | Any(parts) if len(parts) == 1:
            return simplified(parts[0])
        case All(parts):
            return All(tuple(map(simplified, parts)))
        case Any(parts):
            return Any(tuple(map(simplified, parts)))
        case Not(part):
            return Not(simplified(part))
    return tree


def typed(tree: Condition) -> str:
    """The text form; empty for a tree that has none."""
    try:
        return to_text(simplified(tree))
    except Refused:
        return ""


def said(tree: Condition, known: Vocabulary) -> str:
    """The sentence; for a field that is gone, why it cannot be said."""
    try:
        return sentence(simplified(tree), known)
    except Refused as refused:
        return refused.message

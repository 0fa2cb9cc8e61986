"""From the evidence about each candidate to a verdict. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """One record that may be meant.  confidence: 0 to 1.  reasons: in words.  is_key: a key says so, not a name."""

    id: int
    confidence: float
    reasons: tuple[str, ...]
    is_key: bool = False


def from_evidence(
    pk: int, *, key: str, keyed: int, likeness: float, like: str, other_key: str = ""
) -> Candidate | None:
    """What the evidence about one record comes to; None when there is none.

    key: the key it shares with the row, in words, '' for none; `keyed` records share that key.
    other_key: a key on which the two differ, in words.
    """
    if key:
        alone = 0.97 if keyed == 1 else 0.8
        confidence = min(0.99, alone + (0.18 * likeness if keyed > 1 else 0.02 * likeness))
        return Candidate(pk, round(confidence, 2), (key, *((like,) if like else ())), is_key=True)
    if not likeness:
        return None
    reasons = (like, *((other_key,) if other_key else ()))
    return Candidate(pk, round(likeness - (0.2 if other_key else 0.0), 2), reasons)


def verdict(candidates: Sequence[Candidate]) -> int | Sequence[Candidate] | None:
    """The one record meant; None: nobody we know; or the candidates, best first, for a person to choose from.

    Certain is only a key that one record has, and no better name elsewhere that speaks against it.
    """
    ranked = sorted(candidates, key=lambda one: (-one.confidence, one.id))
    keyed = [one for one in ranked if one.is_key]
    if len(keyed) == 1 and not any(one.confidence >= 0.85 for one in ranked if not one.is_key):
        return keyed[0].id
    return ranked or None

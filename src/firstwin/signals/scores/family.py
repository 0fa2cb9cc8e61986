"""What the scores of children say of their parent, beside the parent's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstwin.core.text import counted
from firstwin.signals.kinds.scorecard import RollUp


@dataclass(frozen=True)
class Child:
    """score: hundredths; None when unknown.  arr_minor: None or 0 where it pays nothing."""

    account_id: int
    score: int | None
    arr_minor: int | None


@dataclass(frozen=True)
class Rolled:
    """score: hundredths (a sum may exceed a hundred points); None where no child's is known.

    known, unknown: how many children.  by_arr: whether ARR weighed them, as asked for.
    """

    how: RollUp
    score: int | None
    known: int
    unknown: int
    by_arr: bool = False

    @property
    def words(self) -> str:
        """`ARR-weighted mean of 3 children; 1 is unknown and left out`."""
        if not self.known + self.unknown:
            return "no children"
        if self.score is None:
            return f"unknown: none of {counted(self.unknown, 'child', 'children')} has a score"
        how = self.how if self.how != "arr_weighted_mean" or self.by_arr else "mean"
        told = f"{_HOW[how]} of {counted(self.known, 'child', 'children')}"
        if how != self.how:
            told += ", as none of them has ARR"
        if self.unknown:
            told += f"; {self.unknown} {'is' if self.unknown == 1 else 'are'} unknown and left out"
        return told


_HOW = {"arr_weighted_mean": "ARR-weighted mean", "mean": "mean", "worst": "lowest", "best": "highest", "sum": "sum"}


def rolled_up(how: RollUp, children: Sequence[Child]) -> Rolled | None:
    """The parent's figure by the function the scorecard chose; None where it chose none.

    Whole numbers throughout, halves rounded up: the order of the children does not matter.
    """
    if how == "none":
        return None
    known = [(child.score, max(child.arr_minor or 0, 0)) for child in children if child.score is not None]
    unknown = len(children) - len(known)
    if not known:
        return Rolled(how, None, 0, unknown)
    scores = [score for score, _ in known]
    weights = sum(arr for _, arr in known)
    by_arr = how == "arr_weighted_mean" and weights > 0
    match how:
        case "worst":
            score = min(scores)
        case "best":
            score = max(scores)
        case "sum":
            score = sum(scores)
        case _ if by_arr:
            score = _divided(sum(score * arr for score, arr in known), weights)
        case _:
            score = _divided(sum(scores), len(scores))
    return Rolled(how, score, len(known), unknown, by_arr)


def _divided(total: int, by: int) -> int:
    return (2 * total + by) // (2 * by)

"""Humans at accounts: one number for each pair, without sorting millions of rows."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Pairs:
    """slots: for each row the number of its pair.  account: by pair, the account; -1 where there is no such pair.

    human: by pair.
    """

    slots: Numbers
    account: Numbers
    human: Numbers


def pairs_of(accounts: Numbers, humans: Numbers) -> Pairs:
    """Rows of (account, human) by their distinct pairs.

    Nearly every human is at one account: their own number is that of their pair. Only the others are sorted.
    """
    most = int(humans.max(initial=-1)) + 1
    home = np.full(most, -1, np.int32)
    home[humans] = accounts
    elsewhere = np.flatnonzero(home[humans] != accounts)
    if not len(elsewhere):
        return Pairs(humans, home, np.arange(most))
    span = int(accounts.max(initial=0)) + 1
    keys = humans[elsewhere].astype(np.int64) * span + accounts[elsewhere]
    distinct, places = np.unique(keys, return_inverse=True)
    slots = humans.astype(np.int64)
    slots[elsewhere] = most + places
    account = np.concatenate([home, (distinct % span).astype(np.int32)])
    return Pairs(slots, account, np.concatenate([np.arange(most), distinct // span]))


def distinct(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Rising. Of a million numbers, nearly all of them distinct, `np.unique` takes ten times as long."""
    found = np.sort(values)
    return found[np.concatenate([[True], found[1:] != found[:-1]])] if len(found) else found


class Seen:
    """Distinct pairs of (account, human) out of many rows, part by part."""

    def __init__(self) -> None:
        self._home = np.full(0, -1, np.int32)
        self._elsewhere: list[npt.NDArray[np.int64]] = []

    def see(self, accounts: Numbers, humans: Numbers) -> None:
        """Nearly every human is at one account: only rows of humans who are new or elsewhere cost more than a look."""
        most = int(humans.max(initial=-1)) + 1
        if most > len(self._home):
            self._home = np.concatenate([self._home, np.full(most - len(self._home), -1, np.int32)])
        rows = np.flatnonzero(self._home[humans] != accounts)
        accounts, humans = accounts[rows], humans[rows]
        new = self._home[humans] < 0
        self._home[humans[new]] = accounts[new]
        rows = np.flatnonzero(self._home[humans] != accounts)
        if len(rows):
            self._elsewhere.append(humans[rows].astype(np.int64) << _BITS | accounts[rows])

    def by_account(self, n: int) -> npt.NDArray[np.int64]:
        """How many humans each account has."""
        found = count_by(self._home, n)
        if self._elsewhere:
            found += count_by(np.unique(np.concatenate(self._elsewhere)) & ((1 << _BITS) - 1), n)
        return found


_BITS = 28
"""Of a number of an account among those asked for."""


def count_by(groups: Numbers, n: int) -> npt.NDArray[np.int64]:
    """How many rows each of n groups has; negative groups count nowhere."""
    return np.bincount(groups[groups >= 0], minlength=n)[:n].astype(np.int64)


def sum_by(groups: Numbers, values: Numbers, n: int) -> npt.NDArray[np.int64]:
    """The sum of whole numbers by group, exactly; negative groups count nowhere."""
    found = np.zeros(n, np.int64)
    inside = groups >= 0
    np.add.at(found, groups[inside], values[inside].astype(np.int64))
    return found

"""One sitting: facts of some accounts, read once in one read snapshot, asked for as many dates as one likes.

Nothing is written within a sitting, unless it began inside a transaction.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet

from firstwin.accounts.bulk import among, plain_rows
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.fields import Field, Vocabulary
from firstwin.core.fields import vocabulary as whole_vocabulary
from firstwin.core.frames import (
    At,
    Column,
    ComputedFamily,
    SqlFamily,
    computed_rows,
    frame_families,
)
from firstwin.core.remembering import remembering
from firstwin.core.snapshot import snapshot
from firstwin.signals.frame import told
from firstwin.signals.frame.asked import Answer, Asked
from firstwin.signals.frame.collected import collected
from firstwin.signals.frame.facts import read
from firstwin.signals.frame.frame import Frame, Ints, Rows, unknown
from firstwin.signals.frame.kept import Kept
from firstwin.signals.frame.timing import Timings


@contextmanager
def sitting(
    accounts: AccountSet | Collection[int] | None,
    *,
    vocabulary: Vocabulary | None = None,
    now: datetime | None = None,
) -> Iterator["Sitting"]:
    """accounts: removed ones are left out, unless they are asked for by id; None: every account.

    now: the day that fields without a history can be told of (the clock's, when None).
    """
    with ExitStack() as stack:
        stack.enter_context(snapshot())
        stack.enter_context(remembering())
        ids, revisions, is_all = _accounts(accounts)
        yield Sitting(
            accounts=ids,
            revisions=revisions,
            vocabulary=vocabulary or whole_vocabulary(),
            today=clock.day_of(now or clock.now()),
            asked=Asked(ids, is_all, stack),
        )


@dataclass(slots=True)
class Sitting:
    """accounts: ids, rising.  revisions: of those, as the facts stood when it began."""

    accounts: Ints
    revisions: Ints
    vocabulary: Vocabulary
    today: Any
    asked: Asked
    timings: Timings = field(default_factory=Timings)
    _ahead: list[At] = field(default_factory=list)
    _ahead_of: dict[str, list[At]] = field(default_factory=dict)
    _answers: Kept = field(init=False)

    def __post_init__(self) -> None:
        self._answers = Kept(len(self.accounts))

    def frame(self, at: At) -> Frame:
        return Frame(self.accounts, at, self.vocabulary, self)

    def prepare(self, ats: Sequence[At], *, family: str | None = None) -> None:
        """What will be asked, so that what is slow to open answers all of it at once.  family: only of this one."""
        ahead = list(dict.fromkeys(ats))
        if family is None:
            self._ahead = ahead
        else:
            self._ahead_of[family] = ahead

    def column(self, key: str, at: At) -> Column:
        """One field as of a moment. Raises Refused for what nobody knows of, or cannot be told for that day."""
        said = self.vocabulary.field(key)
        family_key, _, rest = (said.frame or "").partition(".")
        family = frame_families().get(family_key)
        if family is None:
            return self._of_now(said, at)
        name, _, about = rest.partition(".")
        if isinstance(family, SqlFamily):
            answer = self._answer(family, at)
            return self._spread(said, answer.rows(about) if family.by else answer.rows(None), name)
        found = self._computed(family, at).get(name)
        if found is None:
            raise unknown(key)
        return found

    def rows(self, collection: str, at: At, places: Ints | None = None) -> Rows:
        """The rows of a collection as of a moment.  places: where they are wanted; more may be given."""
        found: Rows | None = self._answers.get(("rows", collection, at))
        if found is None:
            with self.timings.of(f"rows of {collection}"):
                found = self._collect(collection, at, places)
        return found

    def _collect(self, collection: str, at: At, places: Ints | None) -> Rows:
        here = self.vocabulary.collection(collection)
        computed = computed_rows().get(collection)
        if computed is None and places is not None:
            ids = self.accounts[places]
            some = collected(here, ids, lambda rows, column: among(rows, column, ids.tolist()), at)
            return replace(some, owner=places[some.owner])
        if computed is None:
            found = collected(here, self.accounts, self.asked.narrowed, at)
            self._answers.put(("rows", collection, at), found)
            return found
        ats = self._with(("rows", collection), at)
        several = computed.compute(self.accounts, ats)
        for one, rows in zip(ats, several, strict=True):
            self._answers.put(("rows", collection, one), rows)
        return several[0]

    def _answer(self, family: SqlFamily, at: At) -> Answer:
        found: Answer | None = self._answers.get((family.key, at))
        if found is None:
            with self.timings.of("facts"):
                self.asked.read(family)
            with self.timings.of(family.key):
                found = self.asked.ask(family, at)
            self._answers.put((family.key, at), found)
        return found

    def _computed(self, family: ComputedFamily, at: At) -> Mapping[str, Column]:
        found: Mapping[str, Column] | None = self._answers.get((family.key, at))
        if found is None:
            ats = self._with((family.key,), at)
            with self.timings.of(family.key):
                several = family.compute(self.accounts, ats)
            for one, columns in zip(ats, several, strict=True):
                self._answers.put((family.key, one), columns)
            found = several[0]
        return found

    def _with(self, key: tuple[str, ...], at: At) -> list[At]:
        """This one, and what else will be asked and is not known yet."""
        own = self._ahead_of.get(key[0], [])
        ahead = own if at in own else self._ahead
        start = ahead.index(at) + 1 if at in ahead else 0
        others = (one for one in ahead[start:] if one != at and not self._answers.has((*key, one)))
        # No more than can be kept beside everything else until they are asked for.
        return [at, *islice(others, self._answers.most // 4)]

    def _spread(self, said: Field, rows: tuple[Ints, Mapping[str, Any]], name: str) -> Column:
        places, columns = rows
        if name not in columns:
            raise unknown(said.key)
        column = told.column_of(said, columns[name])
        if len(places) == len(self.accounts):  # rows stand in the order of the accounts
            return column
        return told.spread(column, places, said, len(self.accounts))

    def _of_now(self, said: Field, at: At) -> Column:
        """What has no history is what the list rows say, and only of today."""
        if said.stored is None or said.rows is not None or at.on < self.today:
            raise unknown(said.key)
        rows = self.asked.narrowed(AccountNow.objects.all(), "account_id")
        table = read(rows, {"account_id": ("account_id", "int"), "value": (said.stored, told.type_of(said))})
        places = np.searchsorted(self.accounts, np.asarray(table["account_id"].to_numpy()))
        inside = np.minimum(places, max(len(self.accounts) - 1, 0))
        mine = self.accounts[inside] == table["account_id"].to_numpy() if len(self.accounts) else inside > 0
        column = told.column_of(said, table["value"], between="|")
        return told.spread(Column(column.values[mine], column.known[mine]), places[mine], said, len(self.accounts))


def _accounts(accounts: AccountSet | Collection[int] | None) -> tuple[Ints, Ints, bool]:
    """(ids, rising; revisions; whether they are so many that facts of everybody are read)."""
    rows: Any = Account.objects.filter(removed_at__isnull=True)
    if isinstance(accounts, AccountSet):
        rows = accounts.accounts().rows
    elif accounts is not None:
        rows = among(Account.objects.all(), "id", sorted({int(pk) for pk in accounts}))
    try:
        found = plain_rows(rows.order_by("pk").values_list("pk", "revision"))
    except EmptyResultSet:  # nobody can be in the set
        found = []
    both = np.array(found, np.int64).reshape(-1, 2)
    is_all = accounts is None or (isinstance(accounts, AccountSet) and accounts.account_q is None)
    return both[:, 0].copy(), both[:, 1].copy(), is_all

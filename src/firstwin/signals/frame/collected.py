"""The rows of a collection as of a moment."""

from collections.abc import Callable
from typing import Any

import numpy as np

from firstwin.core.fields import Collection, Field, Kind, is_moment_path
from firstwin.core.frames import At, Column, Type
from firstwin.signals.frame import told
from firstwin.signals.frame.facts import FEW, read
from firstwin.signals.frame.frame import Ints, Rows, unknown

_DATED = Field("_dated", Kind.DATE, "", "")


def collected(collection: Collection, accounts: Ints, narrowed: Callable[[Any, str], Any], at: At) -> Rows:
    """narrowed: (rows, column of the account) → those of the accounts asked for."""
    if collection.at is None:
        raise unknown(collection.key)
    rows = narrowed(collection.at(at.moment, at.known_by), collection.account)
    fields = {one.key: one for one in collection.fields if one.stored is not None}
    paths: dict[str, tuple[str, Type]] = {key: (str(one.stored), told.type_of(one)) for key, one in fields.items()}
    paths |= {"_account": (collection.account, "int"), "_id": ("pk", "int")}
    if collection.dated is not None:
        paths["_dated"] = (collection.dated, "moment" if is_moment_path(collection.dated) else "day")
    table = read(rows, paths, is_small=len(accounts) <= FEW)
    owner = np.asarray(table["_account"].fill_null(-1).to_numpy(), np.int64)
    ids = np.asarray(table["_id"].to_numpy(), np.int64)
    places = np.searchsorted(accounts, owner)
    places[places == len(accounts)] = 0
    mine = np.flatnonzero(accounts[places] == owner) if len(accounts) else np.zeros(0, np.int64)
    order = mine[np.lexsort((ids[mine], places[mine]))]

    def column(one: Field, name: str) -> Column:
        found = told.column_of(one, table[name], between="|")
        return Column(found.values[order], found.known[order])

    return Rows(
        owner=places[order].astype(np.int64),
        ids=ids[order],
        columns={key: column(one, key) for key, one in fields.items()},
        dated=column(_DATED, "_dated") if collection.dated is not None else None,
    )

"""Conditions for questions that count or sum all that they hold for."""

from django.db import connection
from django.db.models import Case, Q, Value, When
from django.db.models.lookups import Exact


def over_all(q: Q) -> Q:
    """The same condition, tested row by row.

    SQLite takes the index of one part of it for a way to a few rows, however many those are, and then fetches each from
    the table; here no part can be looked up, so that it reads the one index that holds all that is compared. For what
    is counted or summed, not for the first rows in some order. PostgreSQL keeps statistics and knows better.
    """
    if connection.vendor != "sqlite" or not q:
        return q
    return Q(Exact(Case(When(q, then=Value(1)), default=Value(0)), 1))

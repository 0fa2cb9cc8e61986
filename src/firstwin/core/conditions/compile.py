"""A condition as a Django Q, exact about what is missing.

Negation is pushed down to the leaves, where the complement of each comparison is written out with its missing
values. So nothing depends on how SQL's third truth value travels through NOT, and both databases agree.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from firstwin.core.conditions import columns
from firstwin.core.conditions import tree as node
from firstwin.core.conditions.changes import needs_history
from firstwin.core.conditions.check import at, related_collection
from firstwin.core.conditions.columns import ALWAYS, NEVER
from firstwin.core.conditions.operators import require_operator
from firstwin.core.conditions.tree import Condition, Related, Test, bounded
from firstwin.core.conditions.values import typed
from firstwin.core.errors import Refused
from firstwin.core.fields import Collection, Field, Kind, Vocabulary


def to_q(
    tree: Condition, vocabulary: Vocabulary, today: date, *, me: int | None = None, account: str = "account_id"
) -> Q:
    """The condition for a query set whose paths the fields' `stored` name.

    me: id of who asks, for “me”.  account: path of the account's id in that query set, for collections and tags.
    Raises Refused, with the path of the node that cannot be asked of the database.
    """
    return _Compiler(vocabulary, today, me, account).compile(bounded(tree), negated=False, path="")


@dataclass(frozen=True)
class _Compiler:
    vocabulary: Vocabulary
    today: date
    me: int | None
    owner: str  # path of the id that related rows point at
    inside: Collection | None = None

    def compile(self, tree: Condition, *, negated: bool, path: str) -> Q:
        match tree:
            case node.Not(part):
                return self.compile(part, negated=not negated, path=f"{path}.not".lstrip("."))
            case node.All(parts):
                return self._joined(parts, negated, path, "all", is_and=not negated)
            case node.Any(parts):
                return self._joined(parts, negated, path, "any", is_and=negated)
        try:
            return self._related(tree, negated, path) if isinstance(tree, Related) else self._test(tree, negated)
        except Refused as refused:
            raise refused if refused.field == "where" else at(path, refused) from None

    def _joined(self, parts: tuple[Condition, ...], negated: bool, path: str, word: str, *, is_and: bool) -> Q:
        # An empty Q is nobody's truth value: Django drops it from an OR. So the neutral element is explicit.
        joined: Q | None = None
        for place, part in enumerate(parts):
            q = self.compile(part, negated=negated, path=f"{path}.{word}[{place}]".lstrip("."))
            joined = q if joined is None else (joined & q if is_and else joined | q)
        return joined if joined is not None else (ALWAYS if is_and else NEVER)

    def _test(self, test: Test, negated: bool) -> Q:
        field = self.vocabulary.field(test.field)
        op = require_operator(field, test.op)
        meant = typed(field, op, test.value, self.today, self.me)
        if op == "changed":
            raise needs_history(field)
        if field.stored is None:
            raise frame_only(field.label)
        if field.kind is Kind.TAGS:
            q = self._tags(field, op, meant)
            return ~q if negated else q
        if op in ("set", "not_set"):
            missing = columns.missing(field, field.stored)
            return missing if (op == "not_set") != negated else columns.present(field, field.stored)
        q = columns.comparison(field, op, meant, self.today)
        return columns.missing(field, field.stored) | ~q if negated else q

    def _tags(self, field: Field, op: str, meant: Any) -> Q:
        """Never unknown: an account without tags has none of them."""
        words = () if meant is None else (meant,) if isinstance(meant, str) else meant
        if field.rows is None:
            found = columns.any_word(str(field.stored), words)
        else:
            # Found once for all accounts: asked account by account it costs several times as much where many match.
            own = field.rows().order_by()
            own = own.filter(**{f"{field.stored}__in": words}) if words else own
            found = Q(**{f"{self.owner}__in": own.values(field.rows_account)})
        return ~found if op in ("has_none", "not_set") else found

    def _related(self, tree: Related, negated: bool, path: str) -> Q:
        collection = related_collection(tree, self.vocabulary, self.inside)
        rows = self._rows(tree, collection, path)
        held = self._counted(tree, rows, collection.account)
        return ~held if negated else held

    def _rows(self, tree: Related, collection: Collection, path: str) -> QuerySet[Any]:
        if collection.model is None:
            raise frame_only(collection.label)
        if collection.model is None:
            raise Refused(f"{collection.label} are not kept with the list, so lists cannot be filtered by them.")
        rows = collection.model().order_by().filter(**{f"{collection.account}__isnull": False})
        if tree.within_days is not None:
            since = self.today - timedelta(days=tree.within_days)
            dated = str(collection.dated)
            rows = rows.filter(columns.day_span(dated, "gt", since) & columns.day_span(dated, "le", self.today))
        if tree.where is None:
            return rows
        inner = _Compiler(collection.vocabulary, self.today, self.me, "pk", collection)
        here = f"{path}.{tree.quantifier} {tree.collection}".lstrip(".")
        return rows.filter(inner.compile(tree.where, negated=False, path=here))

    def _counted(self, tree: Related, rows: QuerySet[Any], account: str) -> Q:
        op, n = ("ge", 1) if tree.quantifier == "any" else ("eq", 0) if tree.quantifier == "none" else (tree.op, tree.n)
        if op in ("lt", "ne", "le"):  # these hold for accounts without any row too: say what they exclude
            opposite = {"lt": "ge", "ne": "eq", "le": "gt"}[op]
            return ~self._at_least_one(rows, account, opposite, n)
        return self._at_least_one(rows, account, op, n)

    def _at_least_one(self, rows: QuerySet[Any], account: str, op: str, n: int) -> Q:
        """count op n, for eq, ge and gt."""
        least = n + 1 if op == "gt" else n
        if op == "eq" and n == 0:
            return ~self._exists(rows, account)
        if op != "eq" and least == 0:
            return ALWAYS
        if op != "eq" and least == 1:
            return self._exists(rows, account)
        lookup = "exact" if op == "eq" else "gte"
        # Grouped once for all accounts, instead of counted once per account.
        counted = rows.values(account).annotate(_rows=Count("pk")).filter(**{f"_rows__{lookup}": least})
        return Q(**{f"{self.owner}__in": counted.values(account)})

    def _exists(self, rows: QuerySet[Any], account: str) -> Q:
        return Q(Exists(rows.filter(**{account: OuterRef(self.owner)})))


def frame_only(label: str) -> Refused:
    """For what no column of a list holds."""
    return Refused(f"Lists cannot be filtered by {label}: save the condition as a segment and filter by that.")

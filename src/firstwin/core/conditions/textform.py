"""The text form of a condition, as typed on the command line and kept in a list's address.

    country = 'DE' and employees > 100 and not (tags has 'test')
    any(contacts where role = 'sponsor') and count(touches in last 30 days where kind = 'call') >= 3

`and` binds tighter than `or`; words are read in any case; names that are not plain words stand in `backquotes`.
"""

from collections.abc import Callable
from typing import TypeVar

from firstwin.core.conditions import tree as node
from firstwin.core.conditions.lexer import Token, tokens, wrong
from firstwin.core.conditions.tree import Change, Condition, Related, Relative, Test, bounded
from firstwin.core.errors import Refused
from firstwin.core.text import is_clean

T = TypeVar("T")

_SIGNS = {"=": "eq", "==": "eq", "!=": "ne", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_RESERVED = {"and", "or", "not", "where"}
_OPERATORS = "=, !=, <, <=, >, >=, is, in, between, contains, starts with, before, after, has or changed"
# Brackets cost the reader's stack, not nodes of the tree: they are bounded too.
_MAX_BRACKETS = 40


def parse_text(source: str) -> Condition:
    """Raises Refused telling line, column and what was expected. Blank text holds for everything."""
    reader = _Reader(source)
    if reader.here.kind == "end":
        return node.EVERYTHING
    tree = reader.either()
    if reader.here.kind != "end":
        raise reader.expected("`and`, `or` or the end")
    return bounded(tree)


class _Reader:
    """A recursive descent over the tokens: one method per level of the grammar."""

    def __init__(self, source: str) -> None:
        if not is_clean(source):
            raise Refused("The condition holds characters that are no text.", field="where")
        self.source = source
        self.tokens = tokens(source)
        self.place = 0
        self.brackets = 0

    @property
    def here(self) -> Token:
        return self.tokens[self.place]

    def either(self) -> Condition:
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else node.Any(tuple(parts))

    def both(self) -> Condition:
        parts = [self.single()]
        while self.take("and"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else node.All(tuple(parts))

    def single(self) -> Condition:
        self.brackets += 1
        if self.brackets > _MAX_BRACKETS:
            raise wrong(self.source, self.here.at, "nested too deep.")
        try:
            if self.take("not"):
                return node.Not(self.single())
            if self.take("("):
                inner = self.either()
                self.need(")")
                return inner
            is_call = self.tokens[min(self.place + 1, len(self.tokens) - 1)].word == "("
            if is_call and self.here.word in ("any", "none", "count"):
                return self.related()
            return self.test()
        finally:
            self.brackets -= 1

    def related(self) -> Related:
        start, quantifier = self.here, self.next().word
        self.need("(")
        name = self.name("a collection's name")
        within = self.days("last") if self.take("in") else None
        where = self.either() if self.take("where") else None
        self.need(")")
        op, n = "ge", 1
        if quantifier == "count":
            if self.here.word not in _SIGNS:
                raise self.expected("=, !=, <, <=, > or >= and a number")
            op = _SIGNS[self.next().word]
            n = self.count("a whole number")
        return self.made(start, lambda: Related(quantifier, name, where, op, n, within))  # type: ignore[arg-type]

    def test(self) -> Test:
        start, field = self.here, self.name("a field's name")
        op, value = self.comparison()
        return self.made(start, lambda: Test(field, op, value))

    def comparison(self) -> tuple[str, node.Value]:
        word = self.here.word
        if word in _SIGNS:
            self.place += 1
            return _SIGNS[word], self.one()
        match word:
            case "is" | "not":
                return self.is_or_not()
            case "in":
                self.place += 1
                if self.here.word in ("last", "next"):
                    window = self.here.word
                    return f"in_{window}", self.days(window)
                return "in", self.values()
            case "older":
                self.place += 1
                self.need("than")
                return "older_than", self.days(None)
            case "between":
                self.place += 1
                low = self.one()
                self.need("and")
                return "between", (low, self.one())
            case "starts":
                self.place += 1
                self.need("with")
                return "starts_with", self.one()
            case "contains" | "before" | "after":
                self.place += 1
                return {"contains": "contains", "before": "lt", "after": "gt"}[word], self.one()
            case "has":
                return self.tags()
            case "changed":
                return self.change()
        raise self.expected(_OPERATORS)

    def is_or_not(self) -> tuple[str, node.Value]:
        if self.take("not"):
            if self.take("in"):
                return "not_in", self.values()
            self.need("contains")
            return "not_contains", self.one()
        self.need("is")
        negated = self.take("not")
        if self.take("set"):
            return ("not_set" if negated else "set"), None
        return ("ne" if negated else "eq"), self.one()

    def tags(self) -> tuple[str, node.Value]:
        self.need("has")
        if self.here.word in ("any", "none"):
            return f"has_{self.next().word}", self.values()
        return "has", self.one()

    def change(self) -> tuple[str, node.Value]:
        start = self.next()
        by = self.next().said if self.take("by") else None
        self.need("in")
        days = self.days("last")
        return "changed", self.made(start, lambda: Change(days, by))

    def values(self) -> tuple[node.Scalar | Relative, ...]:
        self.need("(")
        found = [self.one()]
        while self.take(","):
            found.append(self.one())
        if len(found) > node.MAX_VALUES:
            raise wrong(self.source, self.here.at, f"at most {node.MAX_VALUES} values in a list.")
        self.need(")")
        return tuple(found)

    def one(self) -> node.Scalar | Relative:
        token = self.here
        if token.kind == "text":
            self.place += 1
            quote = token.said[0]
            return token.said[1:-1].replace(quote * 2, quote)
        if token.kind == "date":
            self.place += 1
            return token.said
        if token.kind == "number":
            return self.number()
        if token.kind == "word" and token.word not in _RESERVED:
            self.place += 1
            return {"true": True, "false": False, "yes": True, "no": False}.get(token.word, token.said)
        raise self.expected("a value: 'text', a number, a date or true")

    def number(self) -> node.Scalar | Relative:
        token = self.next()
        if self.here.word in ("day", "days"):
            self.place += 1
            if self.here.word not in ("ago", "ahead"):
                raise self.expected("`ago` or `ahead`")
            unit = f"days_{self.next().word}"
            return self.made(token, lambda: Relative(unit, int(token.said) if token.said.isdigit() else -1))
        if token.said.endswith("%"):
            return token.said
        if token.said.lstrip("-").isdigit():
            return int(token.said)
        number = float(token.said)
        if abs(number) > 1e300:
            raise wrong(self.source, token.at, "the number is too large.")
        return number

    def days(self, word: str | None) -> int:
        if word is not None:
            self.need(word)
        n = self.count("a number of days")
        if not (self.take("days") or self.take("day")):
            raise self.expected("`days`")
        return n

    def count(self, what: str) -> int:
        if self.here.kind != "number" or not self.here.said.isdigit():
            raise self.expected(what)
        return int(self.next().said)

    def name(self, what: str) -> str:
        token = self.here
        if token.kind == "quoted":
            self.place += 1
            return token.said[1:-1]
        if token.kind != "word" or token.word in _RESERVED:
            raise self.expected(what)
        self.place += 1
        return token.said

    def next(self) -> Token:
        token = self.here
        if token.kind != "end":
            self.place += 1
        return token

    def take(self, word: str) -> bool:
        if self.here.word != word:
            return False
        self.place += 1
        return True

    def need(self, word: str) -> None:
        if not self.take(word):
            raise self.expected(f"`{word}`")

    def expected(self, what: str) -> Refused:
        found = "the end" if self.here.kind == "end" else repr(self.here.said[:40])
        return wrong(self.source, self.here.at, f"expected {what}, found {found}.")

    def made(self, start: Token, make: Callable[[], T]) -> T:
        """What `make` makes; a refusal gets the place of `start`."""
        try:
            return make()
        except Refused as refused:
            raise wrong(self.source, start.at, refused.message) from None

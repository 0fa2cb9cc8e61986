"""What becomes of the rows of an account (or a person) that is merged into another: one rule per foreign key.

Every foreign key to Account and Person takes part, those of rooms that came later included; without a rule of its own
its rows move. A room with rows that must not move registers a rule when its app is ready.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import ForeignKey, OneToOneField, OneToOneRel, UniqueConstraint

from firstwin.accounts.models import Account, Person
from firstwin.core.facts import RecordFact

Target = type[Account] | type[Person]


class Policy(StrEnum):
    """MOVE: every row goes to the survivor, but for those it has already (`slot`).

    LINE: dated rows go where the survivor's slot is free for their time; the others stay, in the absorbed one's trail.
    DERIVED: computed again.  KEEP: left as it is.
    """

    MOVE = "move"
    LINE = "line"
    DERIVED = "derived"
    KEEP = "keep"


@dataclass(frozen=True)
class Rule:
    """slot: the columns that, beside the account, name what there can be one of.

    narrow: (column, value) → the columns of the slot for rows that have this value.  follows: columns that name a
    record; its later versions go with it.  label: the word for one such row.
    """

    policy: Policy
    slot: tuple[str, ...] | None = None
    narrow: tuple[tuple[str, Any, tuple[str, ...]], ...] = ()
    follows: tuple[str, ...] = ()
    label: str = ""

    def slot_of(self, row: dict[str, Any]) -> tuple[Any, ...]:
        """What the row takes up."""
        for column, value, slot in self.narrow:
            if row[column] == value:
                return (column, value, *(row[name] for name in slot))
        return tuple(row[name] for name in self.slot or ())

    @property
    def columns(self) -> set[str]:
        """Every column that `slot_of` looks at."""
        named = {name for column, _, slot in self.narrow for name in (column, *slot)}
        return named | set(self.slot or ())


@dataclass(frozen=True)
class Held:
    """A foreign key of some table, and its rule."""

    model: type[models.Model]
    column: str
    rule: Rule

    @property
    def table(self) -> str:
        return self.model._meta.label_lower

    @property
    def attname(self) -> str:
        return f"{self.column}_id"

    @property
    def rows(self) -> "models.QuerySet[Any]":
        return self.model._base_manager.all()

    @property
    def label(self) -> str:
        return self.rule.label or str(self.model._meta.verbose_name)


_rules: dict[tuple[str, str], Rule] = {}


def register_rule(table: str, column: str, rule: Rule) -> None:
    """Say what becomes of the rows of `table` (a model's label in lower case) that name an account in `column`."""
    if _rules.get((table, column), rule) != rule:
        raise ValueError(f"what a merge does with {table}.{column} is registered twice")
    _rules[table, column] = rule


def held_by(target: Target) -> Iterator[Held]:
    """Every foreign key to `target` in the house, by table, with its rule."""
    found: dict[tuple[str, str], Held] = {}
    for relation in target._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete:
            continue
        key: Any = getattr(relation, "field", None)
        if not isinstance(key, ForeignKey) or relation.related_model is None or isinstance(relation.related_model, str):
            continue
        model = relation.related_model
        table = model._meta.label_lower
        rule = _rules.get((table, key.name)) or _by_itself(model, key, is_one=isinstance(relation, OneToOneRel))
        found[table, key.name] = Held(model, key.name, rule)
    return (found[name] for name in sorted(found))


def moved_by(target: Target) -> list[Held]:
    """Those whose rows a merge moves."""
    return [held for held in held_by(target) if held.rule.policy in (Policy.MOVE, Policy.LINE)]


def held_as(target: Target, table: str, column: str) -> Held | None:
    """The foreign key a move names; None when its room is gone."""
    return next((held for held in held_by(target) if (held.table, held.column) == (table, column)), None)


def _by_itself(model: type[models.Model], key: "ForeignKey[Any, Any]", *, is_one: bool) -> Rule:
    """The rule of a table that registered none."""
    if is_one or isinstance(key, OneToOneField):
        return Rule(Policy.DERIVED)
    rule = Rule(Policy.MOVE)
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and not constraint.condition and key.name in constraint.fields:
            others = (model._meta.get_field(name) for name in constraint.fields if name != key.name)
            rule = replace(rule, slot=tuple(str(getattr(field, "attname", field.name)) for field in others))
    if issubclass(model, RecordFact):
        rule = replace(rule, follows=("source", "external_id"))
    return rule


def register_rules() -> None:
    """What this room's own tables need. Called once, when the app is ready."""
    line, keep, derived = Policy.LINE, Rule(Policy.KEEP), Rule(Policy.DERIVED)
    for table, column, rule in (
        ("accounts.account", "parent", keep),  # cached; the tree is put in order by itself
        ("accounts.parentlink", "account", keep),
        ("accounts.parentlink", "parent", keep),
        ("accounts.removal", "account", keep),
        ("accounts.accountnow", "account", derived),
        ("accounts.accountnow", "parent", derived),
        ("accounts.merge", "absorbed", keep),
        ("accounts.merge", "survivor", keep),
        ("accounts.personmerge", "absorbed", keep),
        ("accounts.personmerge", "survivor", keep),
        (
            "accounts.ownership",
            "account",
            Rule(line, ("kind", "user_id", "team_id"), narrow=(("kind", "named", ()),), label="ownership"),
        ),
        ("accounts.tagging", "account", Rule(line, ("tag_id",), label="tag")),
        # Whoever said it: where the survivor has a value, its own counts.
        ("accounts.attributevalue", "account", Rule(line, ("attribute_id",), label="value")),
        ("accounts.membership", "account", Rule(line, ("person_id",), label="membership")),
        ("accounts.roleheld", "account", Rule(line, ("person_id", "role"), label="role")),
        ("accounts.membership", "person", Rule(line, ("account_id",), label="membership")),
        ("accounts.roleheld", "person", Rule(line, ("account_id", "role"), label="role")),
        ("accounts.touch", "account", Rule(Policy.MOVE, follows=("key",), label="touch")),
        ("accounts.accountexternalid", "account", Rule(Policy.MOVE, label="external id")),
        ("accounts.personexternalid", "person", Rule(Policy.MOVE, label="external id")),
    ):
        register_rule(table, column, rule)

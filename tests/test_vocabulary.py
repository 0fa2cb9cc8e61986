"""Everything that can be said about an account can be asked of the database, with every operator and its complement."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from firstwin.accounts.models import AccountNow
from firstwin.core.conditions import Condition, Not, Related, Test, check, parse, parse_text, sentence, to_q
from firstwin.core.conditions.fit import misfits
from firstwin.core.conditions.operators import LIST_OPS, OPERATORS, WINDOWS
from firstwin.core.fields import Field, Kind, vocabulary

TODAY = date(2024, 5, 1)
SOMETHING: dict[Kind, Any] = {
    Kind.NUMBER: 2.5, Kind.MONEY: "10.5", Kind.DATE: "2024-01-01", Kind.DAYS: 3, Kind.SHARE: 0.5, Kind.TEXT: "ab",
    Kind.FLAG: True, Kind.PERSON: 1, Kind.CHOICE: 1, Kind.TAGS: "x",
}  # fmt: skip


def questions(field: Field) -> Iterator[Test]:
    options = field.options()
    if field.kind is Kind.CHOICE and field.is_id and not options:
        return
    value = options[0][0] if options else SOMETHING[field.kind]
    for op in OPERATORS[field.kind]:
        if op in ("set", "not_set"):
            yield Test(field.key, op)
        elif op in WINDOWS:
            yield Test(field.key, op, 3)
        elif op in LIST_OPS:
            yield Test(field.key, op, (value,))
        elif op != "changed":
            yield Test(field.key, op, (value, value) if op == "between" else value)


def asked(tree: Condition) -> None:
    known = vocabulary()
    check(tree, known)
    assert sentence(tree, known)
    assert [*AccountNow.objects.filter(to_q(tree, known, TODAY, me=1))[:1]] == []


@pytest.mark.django_db
def test_every_column_holds_what_its_field_says() -> None:
    assert misfits(AccountNow, vocabulary()) == []


@pytest.mark.django_db
def test_every_field_can_be_asked_for_with_every_operator() -> None:
    for field in vocabulary().fields.values():
        for test in questions(field) if field.stored else ():
            asked(test)
            asked(Not(test))


@pytest.mark.django_db
def test_every_collection_can_be_looked_through_and_counted() -> None:
    for collection in (one for one in vocabulary().collections.values() if one.model is not None):
        within = 30 if collection.dated else None
        asked(Related("any", collection.key, within_days=within))
        for field in collection.fields:
            for test in questions(field):
                asked(Related("count", collection.key, test, "ge", 2))
                asked(Not(Related("none", collection.key, Not(test))))


@pytest.mark.django_db
def test_every_condition_that_the_guide_shows_can_be_asked() -> None:
    guide = (Path(__file__).parents[1] / "docs" / "conditions.md").read_text()
    lines = guide.split("## Text form")[1].split("```")[1].strip().splitlines()
    table = guide.split("## The rules")[0].splitlines()
    rows = dict(line.strip("| ").split(" | ", 1) for line in table if line.startswith(("| text", "| YAML")))
    trees = [parse_text(text) for text in (*lines, rows["text"].strip("`"))]
    trees += [
        parse(yaml.safe_load(text)) for text in (guide.split("```yaml")[1].split("```")[0], rows["YAML"].strip("`"))
    ]
    for tree in trees:
        check(tree, vocabulary())
    assert len(trees) == 9 and sentence(trees[-1], vocabulary()) in guide

"""Whether columns hold what the fields that name them are compared as. A test asks this of every field there is."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from firstwin.core.fields import Field, Kind, Vocabulary, is_moment_path

_WORDS = (models.CharField, models.TextField)
_IDS = (models.IntegerField, models.ForeignKey, models.AutoField)


def misfits(model: type[models.Model], vocabulary: Vocabulary) -> list[str]:
    """One sentence per field that would be compared wrongly, or not at all, over `model` and the collections."""
    found = [_misfit(field.rows().model if field.rows else model, field) for field in vocabulary.fields.values()]
    for collection in vocabulary.collections.values():
        if collection.model is None:
            continue
        if collection.model is None:
            continue
        asked = collection.model()
        rows, worked_out = asked.model, asked.query.annotations
        found += [
            _misfit(rows, field, f"{collection.key}.", worked_out.get(field.stored or ""))
            for field in collection.fields
        ]
        if collection.dated is not None:
            name = f"{collection.key}.{collection.dated}"
            found.append(_date_misfit(_column(rows, collection.dated), name, collection.dated))
    return [problem for problem in found if problem]


def _misfit(model: type[models.Model], field: Field, prefix: str = "", worked_out: Any = None) -> str:
    """worked_out: the expression the field names where it names no column."""
    if field.stored is None:
        return ""
    name = f"{prefix}{field.key}"
    column = worked_out.output_field if worked_out is not None else _column(model, field.stored)
    if column is None:
        return f"{name}: {model.__name__} has no column {field.stored}"
    match field.kind:
        case Kind.DATE | Kind.DAYS:
            return _date_misfit(column, name, field.stored)
        case Kind.NUMBER if field.decimals:
            return _unless(column, (models.DecimalField, models.FloatField), name)
        case Kind.NUMBER:
            return _unless(column, (models.IntegerField,), name)
        case Kind.MONEY:  # a float counts whole minor units exactly up to 2^53
            return _unless(column, (models.IntegerField, models.FloatField), name)
        case Kind.SHARE:
            return _unless(column, (models.FloatField,), name)
        case Kind.FLAG:
            return _unless(column, (models.BooleanField, models.FloatField), name)
        case Kind.PERSON | Kind.CHOICE if field.is_id:
            return _unless(column, _IDS, name)
    return _unless(column, _WORDS, name)


def _date_misfit(column: Any, name: str, path: str) -> str:
    if isinstance(column, models.DateTimeField) != is_moment_path(path):
        return f"{name}: the name {path} and its {type(column).__name__} disagree about whether it is a moment"
    return _unless(column, (models.DateField,), name)


def _unless(column: Any, types: tuple[type, ...], name: str) -> str:
    expected = " or ".join(one.__name__ for one in types)
    return "" if isinstance(column, types) else f"{name}: expected {expected}, found {type(column).__name__}"


def _column(model: type[models.Model], path: str) -> Any:
    """The column a path names, or None."""
    column: Any = None
    owner: Any = model
    for step in path.split("__"):
        try:
            # `owner_id` is the attribute of the key `owner`.
            by_attribute = {one.attname: one for one in owner._meta.concrete_fields}
            column = by_attribute.get(step) or owner._meta.get_field(step)
        except (FieldDoesNotExist, AttributeError):
            return None
        owner = column.related_model
    return column

"""How a field of a record kind is typed."""

from dataclasses import dataclass

from firstwin.connectors.kinds.values import Type


@dataclass(frozen=True)
class FieldRule:
    """How a field is typed.  is_current_only: it has no dated history, so only the newest statement counts.

    by: by what a reference may be found (the first is what it is found by where the mapping does not say); empty for
    anything else.  is_amount: it may say `per`, `rounds` and `minor`.  is_end: it is moved by `ends: inclusive`.
    """

    type: Type
    is_current_only: bool = False
    by: tuple[str, ...] = ()
    is_amount: bool = False
    is_end: bool = False


ACCOUNT_BY = ("external_id", "key", "name", "domain")
PERSON_BY = ("external_id", "key", "email")
PRODUCT_BY = ("name", "key", "external_id")
LINE_BY = ("external_id",)

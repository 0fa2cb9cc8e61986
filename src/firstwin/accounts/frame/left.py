"""Who left a role, and who came from elsewhere: rows that say how the people of an account changed."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from firstwin.accounts.models import ContactRole, Membership, RoleHeld
from firstwin.core import clock
from firstwin.core.fields import Collection, Field, Kind, register_collection

ROOM = "accounts"


def _known(model: Any, known_by: datetime | None) -> Any:
    return model.objects.standing() if known_by is None else model.objects.known_by(known_by)


def _there(rows: Any, moment: datetime, known_by: datetime | None) -> Any:
    by = moment if known_by is None else min(moment, known_by)
    return rows.filter(Q(person__removed_at__isnull=True) | Q(person__removed_at__gt=by))


def _left_at(moment: datetime, known_by: datetime | None) -> Any:
    """Roles that somebody no longer plays, unless they took them up again."""
    again = _known(RoleHeld, known_by).true_at(moment).filter(
        account_id=OuterRef("account_id"), person_id=OuterRef("person_id"), role=OuterRef("role")
    )  # fmt: skip
    return _there(_known(RoleHeld, known_by).filter(valid_to__lte=moment), moment, known_by).filter(~Exists(again))


def _came_at(moment: datetime, known_by: datetime | None) -> Any:
    """People there now who played a role at another account before."""
    before = _known(RoleHeld, known_by).filter(
        person_id=OuterRef("person_id"), role=ContactRole.CHAMPION, valid_to__lte=moment
    ).exclude(account_id=OuterRef("account_id"))  # fmt: skip
    rows = _there(_known(Membership, known_by).true_at(moment), moment, known_by)
    return rows.filter(Exists(before))


COLLECTIONS = (
    Collection(
        "roles_left", "Roles left", ROOM, model=lambda: _left_at(clock.now(), None), dated="valid_to",
        one="role left", at=_left_at,
        fields=(
            Field("role", Kind.CHOICE, "Role", ROOM, stored="role", choices=tuple(ContactRole.choices)),
            Field("left", Kind.DATE, "Left", ROOM, stored="valid_to"),
            Field("person", Kind.NUMBER, "Person", ROOM, stored="person__id", help="Number of the person's record."),
        ),
    ),
    Collection(
        "champions_come", "Champions from elsewhere", ROOM, model=lambda: _came_at(clock.now(), None),
        dated="valid_from", one="champion from elsewhere", at=_came_at,
        fields=(
            Field("came", Kind.DATE, "Came", ROOM, stored="valid_from"),
            Field("person", Kind.NUMBER, "Person", ROOM, stored="person__id", help="Number of the person's record."),
        ),
    ),
)  # fmt: skip


def register_all() -> None:
    """Called once, when the app is ready."""
    register_collection(*COLLECTIONS)

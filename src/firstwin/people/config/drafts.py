"""What somebody tries before it stands: their own draft of a definition, also of one that is not there yet."""

from datetime import datetime

from firstwin.core.errors import Refused
from firstwin.people import rules
from firstwin.people.config.kinds import kind_of
from firstwin.people.config.labels import require_own_label, standing_bodies
from firstwin.people.config.store import text_of
from firstwin.people.config.write import READ_ONLY, free_key, latest, require_key
from firstwin.people.models import ConfigDraft, User


def begin(*, by: User, kind: str, label: str, now: datetime, key: str = "", like: str = "") -> ConfigDraft:
    """A new definition as a draft of one's own: a copy of `like`, or no more than its name.

    key: made of the label where none is given. Raises Refused, NotAllowed.
    """
    rules.require(rules.can_configure(by), READ_ONLY)
    label, what = label.strip(), kind_of(kind).label.lower()
    if not label:
        raise Refused("Give it a name.", field="label")
    name = key.strip() or free_key(kind, label)
    require_key(name)
    last = latest(kind, name)
    if last is not None and last.is_removed:
        raise Refused(f"{name!r} was the key of a {what} that was removed: bring it back, or say another.", field="key")
    if last is not None:
        raise Refused(f"There is a {what} {name!r} already: say another key, or edit that one.", field="key")
    if draft_of(by, kind, name) is not None:
        raise Refused(f"You have a draft of a {what} {name!r} already: go on with it, or say another key.", field="key")
    require_own_label(kind, name, label)
    bodies = standing_bodies(kind)
    if like and like not in bodies:
        raise Refused(f"There is no {what} {like!r} to start from.", field="like")
    body = dict(bodies[like]) if like else {}
    return keep_draft(by=by, kind=kind, key=name, text=text_of({"label": label} | body | {"label": label}),
                      based_on=0, now=now)  # fmt: skip


def keep_draft(*, by: User, kind: str, key: str, text: str, based_on: int, now: datetime) -> ConfigDraft:
    """What somebody tries, as it is typed: it need not fit yet."""
    rules.require(rules.can_configure(by), READ_ONLY)
    said = {"text": text, "based_on": based_on, "updated_at": now}
    draft, _ = ConfigDraft.objects.update_or_create(kind=kind, key=key, author=by, defaults=said)
    return draft


def drop_draft(*, by: User, kind: str, key: str) -> None:
    ConfigDraft.objects.filter(kind=kind, key=key, author=by).delete()


def draft_of(by: User, kind: str, key: str) -> ConfigDraft | None:
    return ConfigDraft.objects.filter(kind=kind, key=key, author=by).first()

"""Mail as this room sees it. What carries it registers itself; it stands below people in the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Carry(Protocol):
    def __call__(
        self,
        *,
        kind: str,
        to: str,
        subject: str,
        text: str,
        key: str,
        now: datetime,
        html: str = "",
        account_id: int | None = None,
        has_secret: bool = False,
    ) -> object: ...


class Delivers(Protocol):
    def __call__(self) -> bool: ...


@dataclass(frozen=True)
class _Carrier:
    carry: Carry
    delivers: Delivers


_carriers: list[_Carrier] = []


def register_carrier(carry: Carry, *, delivers: Delivers) -> None:
    """Name what takes our mail. `delivers()` says whether it leaves the house or is only kept."""
    _carriers[:] = [_Carrier(carry, delivers)]


def delivers() -> bool:
    return bool(_carriers) and _carriers[0].delivers()


def send(
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    key: str,
    now: datetime,
    html: str = "",
    account_id: int | None = None,
    has_secret: bool = False,
) -> None:
    """Hand one message over in the caller's transaction.

    key: names this very message; a second one with the same key is not made.
    has_secret: the body holds a link that lets someone in, so it is blanked once it has left.
    """
    if not _carriers:
        raise RuntimeError("nothing carries mail")
    _carriers[0].carry(
        kind=kind,
        to=to,
        subject=subject,
        text=text,
        key=key,
        now=now,
        html=html,
        account_id=account_id,
        has_secret=has_secret,
    )

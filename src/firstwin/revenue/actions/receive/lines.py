"""Subscription lines as a source tells them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from firstwin.accounts.actions.receive import Received
from firstwin.revenue.actions.receive.said import LineSaid


def receive_lines(
    *, said: Sequence[LineSaid], source: str, origin: int | None, now: datetime, unsaid: Collection[str] = ()
) -> Received:
    raise NotImplementedError

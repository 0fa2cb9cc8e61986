"""What success managers of the demo company judge beside what is computed: pulses, an override, a pause."""

from contextlib import suppress
from datetime import datetime, timedelta

from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.core.errors import FirstwinError
from firstwin.demo.stories import STORIES
from firstwin.people.models import User
from firstwin.signals.actions.override import override
from firstwin.signals.actions.pause_stage import pause
from firstwin.signals.actions.pulse import give_pulse

# (story, days ago, mood, comment)
PULSES = (
    ("sponsor-left", 30, "risk", "Nobody above the team lead answers any more."),
    ("quiet-decline", 70, "good", "They said all is well."),
    ("quiet-decline", 12, "watch", "Fewer people in the calls than in spring."),
    ("model", 20, "good", "They showed the numbers to their board themselves."),
    ("silent", 45, "watch", "Two messages without an answer."),
    ("ticket-storm", 6, "risk", "They count tickets in every call."),
)


def judge(*, now: datetime) -> int:
    """Judge the told stories through the same actions people use. Returns how many judgements there were."""
    accounts = _accounts()
    for story, ago, mood, comment in PULSES:
        if (account := accounts.get(story)) is not None:
            with suppress(FirstwinError):  # a company that ends long ago has no such days
                give_pulse(
                    by=_owner(account), account=account, mood=mood, comment=comment, now=now - timedelta(days=ago)
                )
    if (account := accounts.get("disagreement")) is not None and (owner := _owner(account)) is not None:
        with suppress(FirstwinError):
            override(
                by=owner, account=account, scorecard="pooled", level="overall", points=40,
                reason="Sales and support tell different stories; we believe support until the review.",
                expires_on=clock.day_of(now) + timedelta(days=45), now=now - timedelta(days=3),
            )  # fmt: skip
    if (account := accounts.get("family-lakeside")) is not None:
        with suppress(FirstwinError):
            pause(by=_owner(account), account=account, reason="Renovation until spring: nobody works there.",
                  now=now - timedelta(days=10))  # fmt: skip
    return len(PULSES) + 2


def _accounts() -> dict[str, Account]:
    """Story → its account."""
    names = {story.name: story.key for story in STORIES}
    rows = Account.objects.filter(name__in=names, removed_at__isnull=True).select_related("now__owner")
    return {names[account.name]: account for account in rows}


def _owner(account: Account) -> User | None:
    return account.now.owner

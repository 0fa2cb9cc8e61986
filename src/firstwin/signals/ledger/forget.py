"""What is derived of accounts goes with them when the import that opened them is taken back. Readings stay."""

from collections.abc import Collection

from firstwin.signals.models import Episode, LookedBack, Refreshed, SegmentStay, StageMove

DERIVED = (Episode, LookedBack, Refreshed, SegmentStay, StageMove)


def forget(account_ids: Collection[int]) -> None:
    """In the caller's transaction, before the accounts themselves go; what findings said goes with
    them. What a person judged of them keeps them."""
    for model in DERIVED:
        model.objects.filter(account__in=account_ids).delete()

"""Which source a write key speaks for. Asked on every request, so the answers are kept for a few seconds."""

import time
from threading import Lock

from firstwin.core.text import is_clean
from firstwin.usage.models import WriteKey

SECONDS = 5.0
"""How long an answer is kept: a key revoked in another process is refused after that at the latest."""

_UNKNOWN_SECONDS = 1.0  # clients throw away what is refused: a key that was just made must not stay unknown
_MOST = 10_000
_kept: dict[str, tuple[float, int | None]] = {}
_lock = Lock()


def source_of(token: str) -> int | None:
    """The number of the source whose key this is; None for an unknown or revoked key, or an archived source."""
    now = time.monotonic()
    kept = _kept.get(token)
    if kept is not None and kept[0] > now:
        return kept[1]
    found = _asked(token)
    with _lock:
        if len(_kept) >= _MOST:  # somebody is guessing
            _kept.clear()
        _kept[token] = (now + (_UNKNOWN_SECONDS if found is None else SECONDS), found)
    return found


def forget_keys() -> None:
    """Let the next request ask anew: a key was made, revoked or given back."""
    with _lock:
        _kept.clear()


def _asked(token: str) -> int | None:
    if not token or len(token) > 64 or not is_clean(token):
        return None
    keys = WriteKey.objects.filter(token=token, revoked_at__isnull=True, source__is_archived=False)
    return keys.values_list("source_id", flat=True).first()

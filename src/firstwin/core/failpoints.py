"""Named points at which a test may kill the process: `FAILPOINT=name:k` ends it at the k-th pass.

A point stands before and after every commit and effect whose half-done state would hurt. Passing one costs a
dictionary look-up when nothing is armed.
"""

import os
import signal

_hits: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Die here, without unwinding, when the environment says so."""
    armed = os.environ.get("FAILPOINT")
    if not armed:
        return
    wanted, _, k = armed.partition(":")
    if wanted != name:
        return
    _hits[name] = _hits.get(name, 0) + 1
    if _hits[name] == int(k or "1"):
        os.kill(os.getpid(), signal.SIGKILL)

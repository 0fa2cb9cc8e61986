"""Before anything else of the server: programs that send events get a bounded number of its threads, so that people are
answered while programs are told to come again. Turning one away must cost next to nothing, or it would help nobody.
"""

import json
from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any

from firstwin.usage.ingest.limits import ANYONE, BATCH_BYTES, PREFIX

AT_ONCE = 12
"""Fewer than the server has threads (`firstwin serve --threads`)."""

_STATUS = "503 Service Unavailable"
_BODY = json.dumps({"success": False, "code": "overloaded", "message": "Too many requests at once."}).encode()
_HEADERS = [
    *ANYONE.items(),
    ("Content-Type", "application/json"),
    ("Content-Length", str(len(_BODY))),
    ("Retry-After", "2"),
]

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Gate:
    """A WSGI application before the application."""

    def __init__(self, application: Application, *, at_once: int = AT_ONCE) -> None:
        self.application = application
        self.places = BoundedSemaphore(at_once)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PREFIX):
            return self.application(environ, start_response)
        if not self.places.acquire(blocking=False):
            return _turned_away(environ, start_response)
        try:
            return self.application(environ, start_response)
        finally:
            self.places.release()


def _turned_away(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Its body is read all the same: a connection with a body nobody read cannot be used again."""
    told = environ.get("CONTENT_LENGTH") or ""
    if told.isdigit() and int(told) <= 2 * BATCH_BYTES:
        environ["wsgi.input"].read(int(told))
    start_response(_STATUS, _HEADERS)
    return [_BODY]

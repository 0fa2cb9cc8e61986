"""Where events come in. It stands before everything else a request would pass: no session, no cookie, no CSRF."""

import base64
import binascii
import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from firstwin.core import clock
from firstwin.usage.ingest import answers
from firstwin.usage.ingest.accept import accept
from firstwin.usage.ingest.body import read_body
from firstwin.usage.ingest.limits import BATCH, BATCH_BYTES, CALLS, EVENT_BYTES, PREFIX, BadBody
from firstwin.usage.ingest.overload import Overloaded
from firstwin.usage.ingest.salvage import salvaged
from firstwin.usage.ingest.syntax import Checked, checked
from firstwin.usage.ingest.told import tell_refused
from firstwin.usage.ingest.write_keys import source_of

logger = logging.getLogger(__name__)


class IngestMiddleware:
    """Answers the paths of the tracking API, those it does not have as well: a program that was led to the page of
    signing in would take that for an answer, and drop its events. Everything else goes on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith(PREFIX):
            call = CALLS.get(path[len(PREFIX) :].rstrip("/"))
            return answers.no_call(path) if call is None else answer(request, call)
        return self.get_response(request)


@csrf_exempt
def ingest(request: HttpRequest, call: str) -> HttpResponse:
    """The same as a view, so that these paths stand in the map of addresses."""
    if call not in CALLS:
        raise Http404
    return answer(request, CALLS[call])


def answer(request: HttpRequest, call: str) -> HttpResponse:
    if request.method == "OPTIONS":
        return answers.preflight(request)
    if request.method != "POST":
        return answers.wrong_method()
    try:
        return _take(request, call)
    except BadBody as problem:
        return answers.bad_body(problem)
    except Overloaded as problem:
        return answers.not_now(problem)
    except (OperationalError, InterfaceError) as problem:
        logger.warning("What arrived could not be stored; its sender was asked to come again: %s", problem)
        return answers.not_now(Overloaded("The database does not answer.", retry_after=5))


def _take(request: HttpRequest, call: str) -> HttpResponse:
    received_at = clock.now()
    is_batch = call == BATCH
    source = source_of(_key_of_headers(request))
    body = b""
    try:
        body = read_body(request, BATCH_BYTES if is_batch else EVENT_BYTES)
        found = _look_at(body, is_batch=is_batch)
    except BadBody as problem:
        tell_refused(problem, source=source, body=body, call=call, now=received_at)
        raise
    source = source or source_of(found.write_key)
    if source is None:
        return answers.no_key()
    if found.events:
        accept(body, source_id=source, call=call, received_at=received_at, events=found.events)
    return answers.taken()


def _look_at(body: bytes, *, is_batch: bool) -> Checked:
    try:
        return checked(body, is_batch=is_batch)
    except BadBody as problem:
        if not is_batch:
            raise
        return salvaged(body, problem)


def _key_of_headers(request: HttpRequest) -> str:
    """The write key as the user name of Basic, or as a bearer token."""
    scheme, _, said = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    said = said.strip()
    if scheme.lower() == "bearer":
        return str(said)
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(said).decode("utf-8").partition(":")[0]
    except (binascii.Error, ValueError):
        return ""

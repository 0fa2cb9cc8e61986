"""What the door answers: JSON, readable from any page of any site."""

import json
import re
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from firstwin.usage.ingest.limits import ANYONE, BadBody
from firstwin.usage.ingest.overload import Overloaded

_METHODS = "POST, OPTIONS"
_HEADERS = "Authorization, Content-Type, Content-Encoding, X-Retry-Count"
_HEADER_NAMES = re.compile(r"[A-Za-z0-9-]+(?:\s*,\s*[A-Za-z0-9-]+)*")
_SUCCESS = b'{"success": true}'
_TAKEN = {**ANYONE, "Content-Length": str(len(_SUCCESS))}


def taken() -> HttpResponse:
    return HttpResponse(_SUCCESS, content_type="application/json", headers=_TAKEN)


def bad_body(problem: BadBody) -> HttpResponse:
    place = {"line": problem.line, "column": problem.column} if problem.line is not None else {}
    return _refused(HTTPStatus.BAD_REQUEST, problem.code, problem.message, **place)


def no_key() -> HttpResponse:
    """Without WWW-Authenticate, which would open a sign-in box in the pages that send events."""
    return _refused(
        HTTPStatus.UNAUTHORIZED,
        "unknown_write_key",
        "This write key is not known, or it was revoked. Look at the sources of this installation.",
    )


def not_now(problem: Overloaded) -> HttpResponse:
    answer = _refused(HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", problem.message)
    answer["Retry-After"] = str(problem.retry_after)
    return answer


def no_call(path: str) -> HttpResponse:
    says = f"There is no {path[:100]} here. Events go to /v1/batch, or to the path of one call such as /v1/track."
    return _refused(HTTPStatus.NOT_FOUND, "unknown_call", says)


def wrong_method() -> HttpResponse:
    answer = _refused(HTTPStatus.METHOD_NOT_ALLOWED, "wrong_method", "Events are sent here with POST.")
    answer["Allow"] = _METHODS
    return answer


def preflight(request: HttpRequest) -> HttpResponse:
    """Any page may send events, with any header it likes; no cookie of ours is ever looked at."""
    wanted = request.headers.get("Access-Control-Request-Headers", "")
    answer = HttpResponse(status=HTTPStatus.NO_CONTENT, headers=ANYONE)
    answer["Access-Control-Allow-Methods"] = _METHODS
    answer["Access-Control-Allow-Headers"] = wanted if _HEADER_NAMES.fullmatch(wanted) else _HEADERS
    answer["Access-Control-Max-Age"] = "7200"
    answer["Vary"] = "Access-Control-Request-Headers"
    return answer


def _refused(status: HTTPStatus, code: str, message: str, **more: Any) -> HttpResponse:
    told = {"success": False, "code": code, "message": message, **more}
    answer = HttpResponse(json.dumps(told), status=status, content_type="application/json", headers=ANYONE)
    answer["Content-Length"] = str(len(answer.content))
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django's line for each would fill the log of a busy day
    return answer

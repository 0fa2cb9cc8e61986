"""The usage section of the account page, what is behind its figures, and its people as a file."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.models import Account
from firstwin.accounts.views.answers import account_at, address, current_query, in_dialog, reader
from firstwin.core.clock import day_of
from firstwin.core.errors import NotFound
from firstwin.core.export import CSV_TYPE, XLSX_TYPE, csv_lines, xlsx_file
from firstwin.revenue.section.asof import AsOf
from firstwin.usage.metrics.reading import CROWD
from firstwin.usage.rules import can_set_up_usage
from firstwin.usage.section import people as people_table
from firstwin.usage.section.contract import contract_events, seats_over_time
from firstwin.usage.section.figures import figures_of
from firstwin.usage.section.gather import Reading
from firstwin.usage.section.heat import KEY, heat_shown
from firstwin.usage.section.pictures import week_picture, weeks_in_words
from firstwin.usage.section.products import product_names, products_shown
from firstwin.usage.section.why import evidence_for

HERE = "usage"
SPANS = (("26", "6 months"), ("52", "1 year"), ("104", "2 years"))
USUAL_SPAN = "52"
WHOLE = "whole"


def usage(request: HttpRequest, account: Account) -> dict[str, Any]:
    """Who uses what, how often and against what was bought, on the day asked about."""
    query = current_query(request)
    asof = AsOf.of(query, reader(request).now)
    reading = Reading(account, asof)
    context = {
        "asof": asof,
        "here": address(account, HERE),
        "today": day_of(asof.now),
        "may_set_up": can_set_up_usage(reader(request).user),
        "is_empty": False,
        "waits_for": "",
    }
    if reading.may_have_use and not _is_asked_for(request, query):
        return context | {"waits_for": f"{address(account, HERE)}?{urlencode({**query, WHOLE: '1'})}"}
    with reading.at_once():
        return context | ({"is_empty": True} if reading.is_empty else _shown(reading, query))


def _is_asked_for(request: HttpRequest, query: dict[str, str]) -> bool:
    """Whether the section alone is wanted. A whole page comes at once, and its section asks for itself: the lake takes
    longer than a page may."""
    return WHOLE in query or request.headers.get("HX-Target") == f"section-{HERE}"


def _shown(reading: Reading, query: dict[str, str]) -> dict[str, Any]:
    on = reading.asof.on
    span = query.get("weeks", "")
    span = span if span in dict(SPANS) else USUAL_SPAN
    seats = seats_over_time(reading.ledger.pieces)
    picture = week_picture(reading.weeks[-int(span) :], seats, contract_events(reading.ledger), on)
    return {
        "usage": reading.usage,
        "figures": figures_of(reading.usage, reading.weeks, reading.depth),
        "products": products_shown(reading.usage),
        "picture": picture,
        "picture_words": weeks_in_words(picture),
        "span": span,
        "spans": SPANS,
        "heat": heat_shown(reading.heat, product_names()),
        "heat_key": KEY,
        "people": _people(reading, query),
        "crowd": CROWD,
        "people_first": people_table.FIRST,
        "people_columns": people_table.COLUMNS,
        "people_states": people_table.SHOWN,
    }


def _people(reading: Reading, query: dict[str, str]) -> people_table.PeopleShown:
    if reading.is_crowd:
        return people_table.crowd_shown(reading, query)
    return people_table.people_shown(people_table.lines_of(reading.account, reading.people, reading.asof.moment), query)


@require_safe
def why(request: HttpRequest, key: str, figure: str) -> HttpResponse:
    """What is behind a figure."""
    account = account_at(request, key)
    asof = AsOf.of(request.GET.dict(), reader(request).now)
    reading = Reading(account, asof)
    with reading.at_once():
        found = evidence_for(figure, reading)
    back = address(account, HERE) + asof.query()
    return in_dialog(request, "usage/section_why.html", "why", account=account, found=found, asof=asof, back=back)


@require_safe
def people(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """Everyone of the people table as `csv` or `xlsx`: in its order, but for a crowd."""
    if form not in ("csv", "xlsx"):
        raise NotFound("The table is exported as CSV or Excel.")
    account = account_at(request, key)
    query = request.GET.dict()
    asof = AsOf.of(query, reader(request).now)
    rows = people_table.exported(_everyone(Reading(account, asof), query))
    name = f"{account.key}-people-{asof.on.isoformat()}.{form}"
    if form == "xlsx":
        book = xlsx_file(people_table.HEADER, rows, sheet="People")
        return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    response = StreamingHttpResponse(csv_lines(people_table.HEADER, rows), content_type=CSV_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _everyone(reading: Reading, query: dict[str, str]) -> Iterable[people_table.PersonLine]:
    with reading.at_once():
        if not reading.is_crowd:
            lines = people_table.lines_of(reading.account, reading.people, reading.asof.moment)
            return people_table.matching(lines, query)
    return people_table.crowd_lines(reading, query)

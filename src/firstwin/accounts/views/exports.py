"""The list as a file: every row that matches, the columns shown."""

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.listing.cells import ListColumn
from firstwin.accounts.listing.query import matching_rows
from firstwin.accounts.views.asked import Asked, asked
from firstwin.core import clock
from firstwin.core.errors import NotFound
from firstwin.core.export import CSV_TYPE, XLSX_TYPE, Cell, csv_lines, xlsx_file
from firstwin.core.fields import Field, Kind
from firstwin.core.text import slug


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """All accounts of a list, in its order, as `csv` or `xlsx`."""
    if form not in ("csv", "xlsx"):
        raise NotFound("Lists are exported as CSV or Excel.")
    wanted = asked(request, request.GET)
    header = ["Key", *map(_label, wanted.state.columns)]
    rows = _rows(wanted)
    name = f"{slug(wanted.state.view.name) if wanted.state.view else 'accounts'}-{clock.today().isoformat()}.{form}"
    if form == "xlsx":
        return FileResponse(xlsx_file(header, rows), as_attachment=True, filename=name, content_type=XLSX_TYPE)
    response = StreamingHttpResponse(csv_lines(header, rows), content_type=CSV_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(wanted: Asked) -> Iterator[list[Cell]]:
    """Read in one pass. A bad filter is refused before the first byte goes out, so no file is torn."""
    state, now = wanted.state, clock.now()
    columns, order = [ListColumn(field) for field in state.columns], state.order
    sign = "-" if order.is_falling else ""
    rows = matching_rows(state, wanted.user, wanted.vocabulary, now)
    paths = {path for column in columns for path in column.paths()}
    by = [f"{order.path}_missing"] if order.is_nullable else []
    if order.is_nullable:
        rows = rows.alias(**{f"{order.path}_missing": _missing(order.path)})
    ordered = rows.order_by(*by, f"{sign}{order.path}", f"{sign}account_id").values("key", *paths)
    today = clock.day_of(now)
    return ([row["key"], *(_plain(column, row, today) for column in columns)] for row in ordered.iterator(2_000))


def _missing(path: str) -> Any:
    return ExpressionWrapper(Q(**{f"{path}__isnull": True}), output_field=BooleanField())


def _label(field: Field) -> str:
    return f"{field.label} ({field.unit})" if field.kind is Kind.MONEY else field.label


def _plain(column: ListColumn, row: dict[str, Any], today: date) -> Cell:
    value = column.value(row)
    match column.field.kind:
        case Kind.TAGS:
            return ", ".join(map(str, value)) or None
        case Kind.DAYS if value is not None:
            return int((today - value).days)
    return cast(Cell, value)

"""The catalogue of event names: what each means. Changed one by one or many at once, with undo."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstwin.accounts.views.answers import attempt, is_htmx, reader, undo_of
from firstwin.core.errors import NotFound, Refused
from firstwin.core.export import csv_lines
from firstwin.core.text import counted
from firstwin.people.rules import require
from firstwin.revenue.models import Product
from firstwin.ui.jinja import fragment, page
from firstwin.usage.actions.meanings import mean_feature
from firstwin.usage.forms import MeaningForm, products
from firstwin.usage.models import Means
from firstwin.usage.rules import can_set_up_usage
from firstwin.usage.screens.names import PAGE, SHOWN, Catalogue, Named, history, weeks_of
from firstwin.usage.views.shared import go, setter, whole_number
from firstwin.usage.views.tabs import tabs

TEMPLATE, ONE = "usage/names.html", "usage/name.html"
READ_ONLY = "Only operations and admins say what events mean."
CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "core": ("are core workflows", {"is_core": True, "is_ignored": False}),
    "not_core": ("are no core workflows", {"is_core": False}),
    "activation": ("mean activation", {"means": Means.ACTIVATION, "is_ignored": False}),
    "first_win": ("mean the first win", {"means": Means.FIRST_WIN, "is_ignored": False}),
    "nothing": ("mean nothing special", {"means": ""}),
    "ignored": ("are ignored", {"is_ignored": True}),
    "counted": ("count", {"is_ignored": False}),
}
HEADER = ("Number", "Call", "Name", "Label", "Product", "Belongs under", "Core workflow", "Means", "Ignored", "First", "Last", "Events", "Events in 28 days")  # fmt: skip  # noqa: E501


@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """All of them, the busiest first, what belongs under another below it."""
    asker = reader(request)
    show, words = _choice(request.GET)
    catalogue = Catalogue(now=asker.now)
    listed = catalogue.listed(show=show, words=words, weeks=weeks_of(now=asker.now))
    start = min(whole_number(request.GET.get("from")) or 0, len(listed))
    return page(
        request,
        TEMPLATE,
        tabs_shown=tabs(asker.user, "events"),
        names=listed[start : start + PAGE],
        count=catalogue.count,
        matching=len(listed),
        start=start,
        size=PAGE,
        show=show,
        words=words,
        shown=SHOWN,
        products=list(products()),
        now=asker.now,
        may_edit=can_set_up_usage(asker.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest, feature: int) -> HttpResponse:
    """One name: what it means and meant."""
    asker = reader(request)
    catalogue = Catalogue(now=asker.now)
    if not catalogue.has(feature):
        raise NotFound("There is no such event name.")
    one = catalogue.one(feature, weeks=weeks_of(now=asker.now))
    parents = catalogue.parents_for(feature)
    if request.method == "POST":
        require(can_set_up_usage(asker.user), READ_ONLY)
        form = MeaningForm(request.POST, parents=parents)
        if form.is_valid():
            said = form.cleaned_data
            was = attempt(form, lambda: mean_feature(by=asker.user, features=[feature], now=asker.now, **said))
            if was is not None:
                return _done(request, was, f"{one.called} saved")
    else:
        form = MeaningForm(initial=_initial(one, catalogue), parents=parents)
    context: dict[str, Any] = {
        "one": one,
        "children": catalogue.children(feature),
        "history": history(feature),
        "form": form,
        "now": asker.now,
        "may_edit": can_set_up_usage(asker.user),
    }
    status = 422 if form.errors else 200
    if is_htmx(request):
        return fragment(request, ONE, "drawer", status=status, **context)
    return page(request, ONE, status=status, tabs_shown=tabs(asker.user, "events"), **context)


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Say one thing of many names: those ticked, or all that match."""
    asker = setter(request)
    features = _ticked(request)
    if not features:
        raise Refused("Choose at least one event name.")
    words, said = _said(request.POST)
    was = mean_feature(by=asker.user, features=features, now=asker.now, **said)
    return _done(request, was, f"{counted(len(was), 'event name')} {words}")


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """What is shown, as CSV."""
    asker = reader(request)
    show, words = _choice(request.GET)
    catalogue = Catalogue(now=asker.now)
    listed = catalogue.listed(show=show, words=words, weeks=weeks_of(now=asker.now))
    answer = StreamingHttpResponse(
        csv_lines(HEADER, (_line(one, catalogue) for one in listed)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="event-names.csv"'
    return answer


def _line(one: Named, catalogue: Catalogue) -> list[Any]:
    meaning = one.meaning
    product = catalogue.keys.get(meaning.product_id or 0, "")
    said = ["yes" if meaning.is_core else "no", meaning.means, "yes" if meaning.is_ignored else "no"]
    seen = [one.first_at, one.last_at, one.events, one.last_28]
    return [one.pk, one.kind, one.name, meaning.label, product, one.parent, *said, *seen]


def _done(request: HttpRequest, was: dict[int, Any], says: str) -> HttpResponse:
    if not was:
        return go(request, "usage_names", says="Nothing changed", query=_back(request))
    before = {str(feature): held for feature, held in was.items()}
    undo = undo_of(request, "usage.meaning", {"before": before}, says)
    return go(request, "usage_names", says=undo, query=_back(request))


def _back(request: HttpRequest) -> str:
    """The query of the list they were on."""
    from urllib.parse import urlencode

    show, words = _choice(request.POST)
    given = {key: value for key, value in (("show", show), ("q", words)) if value not in ("", "all")}
    return f"?{urlencode(given)}" if given else ""


def _choice(said: Any) -> tuple[str, str]:
    show = said.get("show", "all")
    return show if show in dict(SHOWN) else "all", str(said.get("q") or "").strip()[:200].replace("\x00", "")


def _ticked(request: HttpRequest) -> list[int]:
    if request.POST.get("all_matching"):
        show, words = _choice(request.POST)
        return [one.pk for one in Catalogue(now=reader(request).now).listed(show=show, words=words, weeks={})]
    return [pk for row in request.POST.getlist("row")[:10_000] if (pk := whole_number(row)) is not None]


def _said(post: Any) -> tuple[str, dict[str, Any]]:
    """What the bar of ticked rows says: (words, changes)."""
    said = str(post.get("change", "")).replace("\x00", "")
    if said in CHANGES:
        return CHANGES[said]
    if said.startswith("product:"):
        product = Product.objects.filter(key=said.removeprefix("product:"), merged_into=None).first()
        if product is not None:
            return f"belong to {product.name}", {"product": product}
    if said == "no_product":
        return "belong to no product", {"product": None}
    raise Refused("Say what these events mean.")


def _initial(one: Named, catalogue: Catalogue) -> dict[str, Any]:
    meaning = one.meaning
    return {
        "label": meaning.label,
        "product": catalogue.keys.get(meaning.product_id or 0),
        "parent": meaning.parent,
        "means": meaning.means,
        "is_core": meaning.is_core,
        "is_ignored": meaning.is_ignored,
    }

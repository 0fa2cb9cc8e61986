"""The catalogue: what is sold, how much of it is in force, and who has it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstwin.accounts.views.answers import attempt, reader, say_next, undo_of
from firstwin.core.clock import day_of
from firstwin.core.conditions import Test, to_query
from firstwin.core.errors import NotFound
from firstwin.people.rules import can_configure, require
from firstwin.people.tabs import tabs_for
from firstwin.revenue.actions.product_ids import call_product, uncall_product
from firstwin.revenue.actions.products import add_product, archive_product, edit_product, merge_product
from firstwin.revenue.forms import ExternalIdForm, MergeForm, ProductForm
from firstwin.revenue.models import Product, ProductExternalId
from firstwin.revenue.sold import MOST, Sold, holders, sold
from firstwin.ui.jinja import page

_READ_OR_WRITE = ["GET", "HEAD", "POST"]
READ_ONLY = "Only operations and admins change the catalogue."


@require_http_methods(_READ_OR_WRITE)
def product_list(request: HttpRequest) -> HttpResponse:
    """What is sold, and what of it is in force at the accounts the reader sees."""
    asker = reader(request)
    if request.method != "POST":
        return _list(request, ProductForm(initial={"unit": "seats"}))
    require(can_configure(asker.user), READ_ONLY)
    form = ProductForm(request.POST)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("name", "family")}
        unit = form.cleaned_data["unit"] or "seats"
        made = attempt(form, lambda: add_product(by=asker.user, unit=unit, now=asker.now, **said))
        if made is not None:
            say_next(request, undo_of(request, "product.added", {"product": made.pk}, f"{made.name} added"))
            return HttpResponseRedirect(reverse("products"))
    return _list(request, form)


def _list(request: HttpRequest, form: ProductForm) -> HttpResponse:
    asker = reader(request)
    today = day_of(asker.now)
    in_force = sold(asker.scope, today)
    products = Product.objects.filter(merged_into=None).order_by("is_archived", "family", "name_folded")
    rows = [(product, in_force.get(product.pk, Sold()), _list_address(product)) for product in products]
    return page(
        request,
        "revenue/products.html",
        status=422 if form.errors else 200,
        section=tabs_for(asker.user, "products"),
        rows=rows,
        nameless=in_force.get(None),
        today=today,
        form=form,
        may_edit=can_configure(asker.user),
    )


@require_http_methods(_READ_OR_WRITE)
def product(request: HttpRequest, product: str) -> HttpResponse:
    """One product: what it is called, who has it."""
    asker, what = reader(request), _product(product)
    if what.merged_into is not None:
        return HttpResponseRedirect(_address(what.merged_into))
    held = {"name": what.name, "family": what.family, "unit": what.unit, "edition": what.edition}
    if request.method != "POST":
        return _page(request, what, form=ProductForm(initial=held))
    form = ProductForm(request.POST)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("name", "family", "unit")}
        edition = form.cleaned_data["edition"] or 0
        done = attempt(form, lambda: edit_product(by=asker.user, product=what, edition=edition, now=asker.now, **said))
        if done is not None and done.edition != edition:
            payload = {
                "product": what.pk,
                "before": {key: held[key] for key in ("name", "family", "unit")},
                "edition": done.edition,
            }
            return _done(request, what, undo_of(request, "product.edited", payload, f"{done.name} saved"))
        if done is not None:
            return _done(request, what, "Nothing changed")
    return _page(request, what, form=form)


def _page(request: HttpRequest, what: Product, **forms: Any) -> HttpResponse:
    asker = reader(request)
    today = day_of(asker.now)
    shown = {
        "form": ProductForm(
            initial={"name": what.name, "family": what.family, "unit": what.unit, "edition": what.edition}
        ),
        "ids_form": ExternalIdForm(),
        "merge_form": MergeForm(product=what),
        **forms,
    }
    return page(
        request,
        "revenue/product.html",
        status=422 if any(form.errors for form in shown.values()) else 200,
        section=tabs_for(asker.user, "products"),
        product=what,
        in_force=sold(asker.scope, today).get(what.pk, Sold()),
        holders=holders(what, asker.scope, today),
        most=MOST,
        list_address=_list_address(what),
        ids=list(what.external_ids.order_by("source", "external_id")),
        merged=list(Product.objects.filter(merged_into=what).order_by("name_folded")),
        today=today,
        may_edit=can_configure(asker.user),
        **shown,
    )


@require_POST
def archive(request: HttpRequest, product: str) -> HttpResponse:
    """No longer sold."""
    return _shelve(request, _product(product), is_archived=True)


@require_POST
def restore(request: HttpRequest, product: str) -> HttpResponse:
    """Sold again."""
    return _shelve(request, _product(product), is_archived=False)


def _shelve(request: HttpRequest, what: Product, *, is_archived: bool) -> HttpResponse:
    asker = reader(request)
    archive_product(by=asker.user, product=what, now=asker.now, is_archived=is_archived)
    verb, says = ("product.archived", "archived") if is_archived else ("product.restored", "restored")
    return _done(request, what, undo_of(request, verb, {"product": what.pk}, f"{what.name} {says}"))


@require_POST
def merge(request: HttpRequest, product: str) -> HttpResponse:
    """It is really another one."""
    asker, what = reader(request), _product(product)
    require(can_configure(asker.user), READ_ONLY)
    form = MergeForm(request.POST, product=what)
    if form.is_valid():
        into = form.cleaned_data["into"]
        payload = attempt(form, lambda: merge_product(by=asker.user, product=what, into=into, now=asker.now))
        if payload is not None:
            says = f"{what.name} merged into {into.name}"
            return _done(request, into, undo_of(request, "product.merged", payload, says))
    return _page(request, what, merge_form=form)


@require_POST
def ids(request: HttpRequest, product: str) -> HttpResponse:
    """What a source calls it."""
    asker, what = reader(request), _product(product)
    require(can_configure(asker.user), READ_ONLY)
    form = ExternalIdForm(request.POST)
    if form.is_valid():
        made = attempt(form, lambda: call_product(by=asker.user, product=what, now=asker.now, **form.cleaned_data))
        if made is not None:
            return _done(request, what, undo_of(request, "product.called", {"id": made.pk}, "Id added"))
    return _page(request, what, ids_form=form)


@require_POST
def drop_id(request: HttpRequest, product: str, pk: int) -> HttpResponse:
    """A source no longer means it by that id."""
    asker, what = reader(request), _product(product)
    held = ProductExternalId.objects.filter(product=what, pk=pk).select_related("product").first()
    if held is None:
        raise NotFound("There is no such id.")
    payload = {"product": what.pk, "source": held.source, "external_id": held.external_id}
    uncall_product(by=asker.user, held=held, now=asker.now)
    return _done(request, what, undo_of(request, "product.uncalled", payload, "Id taken off"))


def _product(key: str) -> Product:
    found = Product.objects.filter(key=key).select_related("merged_into").first()
    if found is None:
        raise NotFound("There is no such product.")
    return found


def _address(what: Product) -> str:
    return reverse("product", kwargs={"product": what.key})


def _list_address(what: Product) -> str:
    """The accounts that have it, in the list."""
    return f"{reverse('accounts')}?{urlencode(to_query(Test('products', 'has', what.key)))}"


def _done(request: HttpRequest, what: Product, says: Any) -> HttpResponse:
    say_next(request, says)
    return HttpResponseRedirect(_address(what))

"""Keep the catalogue: add a product, rename it, stop selling it, and say that two are one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.published import publish
from firstwin.accounts.rules import Actor
from firstwin.accounts.timeline import batched
from firstwin.core.errors import Conflict, NotFound, Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import fold, is_clean
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.rules import can_configure, require
from firstwin.people.undo import undoable
from firstwin.revenue.catalogue import free_product_keys
from firstwin.revenue.models import ChurnRecord, Product, ProductExternalId, SubscriptionLine
from firstwin.revenue.published import FAMILY

_TOLD = ("name", "family", "unit")
_LABELS = {"name": "Name", "family": "Family", "unit": "Unit"}
_HELD: tuple[type[models.Model], ...] = (SubscriptionLine, ChurnRecord, ProductExternalId)
_AT_ONCE = 5_000


def add_product(*, by: Actor, name: str, now: datetime, family: str = "", unit: str = "seats") -> Product:
    """A new product; its key is made from its name. Raises NotAllowed, or Refused for a name that is taken."""
    _require(by)
    said = _checked(name, family, unit)
    with transaction.atomic():
        _refuse_taken(said["name"], but=None)
        product = Product.objects.create(
            key=free_product_keys([said["name"]])[0], name_folded=fold(said["name"]), recorded_at=now, **said
        )
        record(by=by, did="product.added", on=product, now=now, after=said)
    return product


def edit_product(
    *, by: Actor, product: Product, name: str, family: str, unit: str, edition: int, now: datetime
) -> Product:
    """Rename it, or say what its units are. Raises Conflict when it changed since `edition` was read."""
    _require(by)
    said = _checked(name, family, unit)
    with transaction.atomic():
        fresh = _locked(product.pk)
        before = _told(fresh)
        if fresh.edition != edition:
            changed = [key for key in _TOLD if said[key] != before[key]]
            raise Conflict(
                f"{fresh.name} was changed meanwhile.",
                mine={_LABELS[key]: said[key] for key in changed},
                theirs={_LABELS[key]: before[key] for key in changed},
            )
        if said == before:
            return fresh
        _refuse_taken(said["name"], but=fresh.pk)
        _write(fresh, said | {"name_folded": fold(said["name"])})
        record(by=by, did="product.edited", on=fresh, now=now, before=before, after=said)
    return fresh


def archive_product(*, by: Actor, product: Product, now: datetime, is_archived: bool = True) -> Product:
    """No longer sold (or sold again). Its lines stay as they are."""
    _require(by)
    with transaction.atomic():
        fresh = _locked(product.pk)
        if fresh.merged_into_id is not None:
            raise Refused("It was merged into another product.")
        if fresh.is_archived == is_archived:
            return fresh
        _write(fresh, {"is_archived": is_archived})
        record(by=by, did="product.archived" if is_archived else "product.restored", on=fresh, now=now)
    return fresh


def merge_product(*, by: Actor, product: Product, into: Product, now: datetime) -> dict[str, Any]:
    """Say that `product` is `into`: its lines, losses and external ids are now those of `into`, past ones as well,
    because it was that product all along. Returns the payload of its undo ("product.merged").
    """
    _require(by)
    if product.pk == into.pk:
        raise Refused("A product cannot be merged into itself.", field="into")
    with transaction.atomic():
        gone, kept = _locked(product.pk), _locked(into.pk)
        if gone.merged_into_id is not None or kept.merged_into_id is not None:
            raise Refused("One of the two was merged already.", field="into")
        moved = {model._meta.model_name or "": _ids(model, gone.pk) for model in _HELD}
        followers = list(Product.objects.filter(merged_into=gone).values_list("pk", flat=True))
        accounts = _repoint(moved, kept.pk)
        failpoint("product.merge.moved")
        Product.objects.filter(pk__in=followers).update(merged_into=kept)
        payload = {
            "product": gone.pk,
            "into": kept.pk,
            "moved": {name: _ranges(ids) for name, ids in moved.items()},
            "followers": followers,
            "was_archived": gone.is_archived,
        }
        _write(gone, {"is_archived": True, "merged_into_id": kept.pk})
        record(by=by, did="product.merged", on=gone, now=now, after={"into": kept.name})
        _mark(accounts, now)
    return payload


@undoable("product.added")
def unadd(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"product": id}. A product that is used by now is archived instead."""
    with transaction.atomic():
        product = _locked(payload["product"])
        if any(model._default_manager.filter(product=product).exists() for model in _HELD):
            archive_product(by=None, product=product, now=now)
            return
        record(by=by, did="product.dropped", on=product, now=now, before=_told(product))
        product.delete()


@undoable("product.edited")
def unedit(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"product": id, "before": {name, family, unit}, "edition": the edition it became}."""
    edit_product(by=None, product=_locked(payload["product"]), edition=payload["edition"], now=now, **payload["before"])


@undoable("product.archived")
def unarchive(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"product": id}."""
    archive_product(by=None, product=_locked(payload["product"]), is_archived=False, now=now)


@undoable("product.restored")
def unrestore(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"product": id}."""
    archive_product(by=None, product=_locked(payload["product"]), now=now)


@undoable("product.merged")
def unmerge(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: what `merge_product` returned. Rows that went elsewhere since stay there."""
    with transaction.atomic():
        gone = _locked(payload["product"])
        if gone.merged_into_id != payload["into"]:
            raise Refused("It was merged on since; take that back first.")
        moved = {
            model._meta.model_name or "": _standing_with(model, payload["into"], payload["moved"]) for model in _HELD
        }
        accounts = _repoint(moved, gone.pk)
        Product.objects.filter(pk__in=payload["followers"], merged_into=payload["into"]).update(merged_into=gone)
        _write(gone, {"is_archived": payload["was_archived"], "merged_into_id": None})
        record(by=by, did="product.unmerged", on=gone, now=now)
        _mark(accounts, now)


def _require(by: Actor) -> None:
    if by is not None:
        require(can_configure(by), "Your role cannot change the catalogue.")


def _checked(name: str, family: str, unit: str) -> dict[str, str]:
    said = {"name": " ".join(name.split()), "family": " ".join(family.split()), "unit": " ".join(unit.split())}
    if not 0 < len(said["name"]) <= 200 or not is_clean(said["name"]):
        raise Refused("A product has a name of 1 to 200 characters.", field="name")
    if len(said["family"]) > 120 or not is_clean(said["family"]):
        raise Refused("A family has at most 120 characters.", field="family")
    if not 0 < len(said["unit"]) <= 24 or not is_clean(said["unit"]):
        raise Refused("Units are named in 1 to 24 characters.", field="unit")
    return said


def _refuse_taken(name: str, *, but: int | None) -> None:
    taken = Product.objects.filter(name_folded=fold(name)).values_list("pk", flat=True).first()
    if taken is not None and taken != but:
        raise Refused(f"There is a product called {name!r} already.", field="name")


def _locked(pk: int) -> Product:
    product = Product.objects.select_for_update().filter(pk=pk).first()
    if product is None:
        raise NotFound("There is no such product any more.")
    return product


def _told(product: Product) -> dict[str, str]:
    return {name: getattr(product, name) for name in _TOLD}


def _write(product: Product, said: dict[str, Any]) -> None:
    for name, value in said.items():
        setattr(product, name, value)
    product.edition += 1
    product.save(update_fields=[*said, "edition"])


def _ids(model: type[models.Model], product: int) -> list[int]:
    rows = model._default_manager.filter(product=product).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _standing_with(model: type[models.Model], product: int, moved: dict[str, Any]) -> list[int]:
    ids = set(_numbers(moved.get(model._meta.model_name or "", [])))
    return [pk for pk in _ids(model, product) if pk in ids]


def _repoint(moved: dict[str, list[int]], product: int) -> set[int]:
    """Point these rows at the product. Returns the accounts they speak of."""
    accounts: set[int] = set()
    for model in _HELD:
        for some in batched(moved[model._meta.model_name or ""], _AT_ONCE):
            rows = model._default_manager.filter(pk__in=some)
            if model is not ProductExternalId:
                accounts.update(rows.values_list("account_id", flat=True))
            rows.update(product=product)
    return accounts


def _mark(accounts: set[int], now: datetime) -> None:
    bump_revision(accounts)
    publish(FAMILY, accounts, now=now)


def _ranges(ids: Sequence[int]) -> list[list[int]]:
    """Rising numbers as [first, last] pairs: what was imported together stands together."""
    found: list[list[int]] = []
    for pk in ids:
        if found and found[-1][1] == pk - 1:
            found[-1][1] = pk
        else:
            found.append([pk, pk])
    return found


def _numbers(ranges: Iterable[Sequence[int]]) -> Iterable[int]:
    return (pk for first, last in ranges for pk in range(first, last + 1))

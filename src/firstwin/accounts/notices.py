"""What this room tells people about, and how its things are called in the trail."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from firstwin.accounts.models import Account, Attribute, Person
from firstwin.core.text import counted
from firstwin.people.models import Channel, User
from firstwin.people.notifications import notify, register_kind
from firstwin.people.queries import register_namer

ASSIGNED = "account.assigned"


def tell_new_owner(owner: User, *, by: User, account_ids: Sequence[int], now: datetime) -> None:
    """Tell `owner` that `by` handed them these accounts, in one notice. Whoever takes an account knows already."""
    if owner.pk == by.pk or not account_ids:
        return
    first = Account.objects.get(pk=account_ids[0])
    if len(account_ids) == 1:
        text, url = f"{by.name} handed you {first.name}.", reverse("account", kwargs={"key": first.key})
    else:
        text, url = f"{by.name} handed you {counted(len(account_ids), 'account')}.", reverse("accounts")
    notify(owner, ASSIGNED, text=text, url=url, key=f"{ASSIGNED}:{first.pk}:{now.isoformat()}", now=now)


def register_all() -> None:
    """Called once, when the app is ready."""
    register_kind(
        ASSIGNED,
        "Accounts become yours",
        help="A colleague or a bulk edit made you the owner of accounts.",
        default_channels={Channel.IN_APP},
    )
    register_namer("accounts.account", _account_names)
    register_namer("accounts.person", _person_names)
    register_namer("accounts.attribute", _attribute_names)


def _account_names(ids: Sequence[str]) -> Mapping[str, str]:
    return {str(pk): name for pk, name in Account.objects.filter(pk__in=ids).values_list("pk", "name")}


def _person_names(ids: Sequence[str]) -> Mapping[str, str]:
    return {str(pk): name for pk, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}


def _attribute_names(ids: Sequence[str]) -> Mapping[str, str]:
    return {str(pk): label for pk, label in Attribute.objects.filter(pk__in=ids).values_list("pk", "label")}

"""Domains and the names other systems use. Called inside other actions' transactions."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from firstwin.accounts.models import Account, AccountExternalId, Domain
from firstwin.core.errors import Refused

_LABEL = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?<!-)$")


def checked_domain(text: str) -> str:
    """A domain in its ASCII form, from a bare domain, an address or a mail address. Raises Refused."""
    host = text.strip().casefold()
    host = host.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1].split(":", 1)[0].strip(".")
    host = host.removeprefix("www.")
    try:
        ascii_form = host.encode("idna").decode("ascii") if host else ""
    except UnicodeError:
        ascii_form = ""
    labels = ascii_form.split(".")
    if len(labels) < 2 or len(ascii_form) > 253 or not all(_LABEL.match(label) for label in labels):
        raise Refused(f"{text.strip()[:80]!r} is not a domain such as example.com.", field="domains")
    return ascii_form


def add_domains(*, account: Account, names: Sequence[str], now: datetime) -> list[str]:
    """Give `account` these domains. Returns those that were new."""
    wanted = list(dict.fromkeys(checked_domain(name) for name in names if name.strip()))
    known = set(account.domains.filter(name__in=wanted).values_list("name", flat=True))
    new = [name for name in wanted if name not in known]
    Domain.objects.bulk_create([Domain(account=account, name=name, recorded_at=now) for name in new])
    return new


def set_domains(*, account: Account, names: Sequence[str], now: datetime) -> tuple[list[str], list[str]]:
    """Make these the domains of `account`. Returns (before, after)."""
    before = sorted(account.domains.values_list("name", flat=True))
    after = sorted({checked_domain(name) for name in names if name.strip()})
    account.domains.exclude(name__in=after).delete()
    add_domains(account=account, names=after, now=now)
    return before, after


def remember_as(*, account: Account, external_ids: Sequence[tuple[str, str]], now: datetime) -> None:
    """Remember what other systems call `account`. Raises Refused when a name already means another account."""
    for source, external_id in external_ids:
        try:
            with transaction.atomic():
                row, _ = AccountExternalId.objects.get_or_create(
                    source=source,
                    external_id=external_id,
                    defaults={"account": account, "recorded_at": now, "seen_at": now},
                )
        except IntegrityError:
            row = AccountExternalId.objects.get(source=source, external_id=external_id)
        if row.account_id != account.pk:
            raise Refused(f"{source} id {external_id!r} already means {row.account.name}.", field="external_id")

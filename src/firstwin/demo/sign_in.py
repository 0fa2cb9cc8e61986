"""The demo's sign-in: one password for everybody in it, kept where only the installation's owner can read it."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from firstwin.demo.cast import ADMIN, STAFF, Colleague
from firstwin.demo.words import words
from firstwin.people.roles import Role

FILE = "demo_sign_in"
_WORDS = words(
    """amber apple birch cedar cloud copper coral crane delta ember fable fern field flint forest garden harbor
    hazel island ivory juniper lagoon lantern laurel linen maple meadow mellow olive orchard otter pebble
    pepper quartz river saddle saffron sierra silver spruce summit thistle timber topaz valley velvet walnut
    willow winter"""
)


def kept_at() -> Path:
    return Path(settings.ENV.home) / FILE


def new_password() -> str:
    """Easy to type, hard to guess: four words and a number, about 33 bits, behind the sign-in throttle."""
    words = [secrets.choice(_WORDS) for _ in range(4)]
    return "-".join([*words, str(secrets.randbelow(9_000) + 1_000)])


def keep(password: str) -> str:
    """Write down how to sign in (mode 0600) and return the text: `firstwin serve` shows it."""
    text = sign_in_text(password)
    path = kept_at()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    return text


def sign_in_text(password: str) -> str:
    lines = [f"Sign in as {ADMIN.email} / {password}"]
    lines += [f"  or, with the same password, as {who.email} ({Role(who.role).label})" for who in _others()]
    return "\n".join(lines) + "\n"


def _others() -> list[Colleague]:
    seen, others = {ADMIN.role}, []
    for who in STAFF:
        if who.role not in seen:
            seen.add(who.role)
            others.append(who)
    return others

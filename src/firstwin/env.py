"""Typed settings read from the environment, and the data folder they name.

FIRSTWIN_HOME          data folder (default ./var)
FIRSTWIN_DATABASE_URL  sqlite:///path or postgresql://user:password@host:port/name (default SQLite in the home)
FIRSTWIN_SECRET_KEY    signing key (made once and kept in the home when absent)
FIRSTWIN_PORT          port of the web server (default 8000)
FIRSTWIN_URL           public address, used in mail and for cookies (default http://localhost:PORT)
FIRSTWIN_TIME_ZONE     what a *day* is for this installation (default UTC)
FIRSTWIN_CURRENCY      the installation's own currency, ISO 4217 (default USD)
FIRSTWIN_MAIL_URL      smtp://user:password@host:port or smtps://… (default: mail is kept in the outbox, not sent)
FIRSTWIN_MAIL_FROM     sender of our own mail
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class BadSetting(SystemExit):
    """An environment setting that cannot be used; says which and what is expected."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")


@dataclass(frozen=True)
class Env:
    home: Path
    database: dict[str, Any]
    events: dict[str, Any]
    secret_key: str
    port: int
    url: str
    time_zone: str
    currency: str
    mail: dict[str, Any]
    mail_from: str

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or "localhost"


def read_env(environ: dict[str, str] | None = None) -> Env:
    """Read and check every setting. Raises BadSetting naming the one that is wrong."""
    given = dict(os.environ) if environ is None else environ
    home = Path(given.get("FIRSTWIN_HOME") or "var").expanduser().resolve()
    port = _port(given.get("FIRSTWIN_PORT") or "8000")
    url = (given.get("FIRSTWIN_URL") or f"http://localhost:{port}").rstrip("/")
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise BadSetting("FIRSTWIN_URL", f"expected an address such as https://success.example.com, got {url!r}")
    currency = given.get("FIRSTWIN_CURRENCY") or "USD"
    if not (len(currency) == 3 and currency.isalpha() and currency.isupper()):
        raise BadSetting("FIRSTWIN_CURRENCY", f"expected an ISO 4217 code such as EUR, got {currency!r}")
    database = _database(given.get("FIRSTWIN_DATABASE_URL") or "", home)
    return Env(
        home=home,
        database=database,
        events=_events(database),
        secret_key=given.get("FIRSTWIN_SECRET_KEY") or _kept_secret(home),
        port=port,
        url=url,
        time_zone=_time_zone(given.get("FIRSTWIN_TIME_ZONE") or "UTC"),
        currency=currency,
        mail=_mail(given.get("FIRSTWIN_MAIL_URL") or ""),
        mail_from=given.get("FIRSTWIN_MAIL_FROM") or f"Firstwin <firstwin@{urlsplit(url).hostname}>",
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise BadSetting("FIRSTWIN_PORT", f"expected a number from 1 to 65535, got {text!r}")
    return int(text)


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadSetting("FIRSTWIN_TIME_ZONE", f"no such time zone: {name!r}") from None
    return name


def _kept_secret(home: Path) -> str:
    """The signing key of this installation, made on first use and readable by its owner only."""
    kept = home / "secret_key"
    if not kept.exists():
        home.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:  # another process of ours made it in the same moment
            pass
    return kept.read_text().strip()


def _database(url: str, home: Path) -> dict[str, Any]:
    if not url or url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:///")) if url else home / "main.sqlite3"
        return _sqlite(path)
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise BadSetting("FIRSTWIN_DATABASE_URL", f"expected sqlite:///… or postgresql://…, got {parts.scheme!r}")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            # A deferred transaction that turns into a write mid-way fails at once with "locked": take the lock first.
            "transaction_mode": "IMMEDIATE",
            # All of the file that SQLite will map: filters over very many accounts read more than the page cache holds.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA mmap_size=2147418112;"
            ),
        },
    }


def _events(database: dict[str, Any]) -> dict[str, Any]:
    """Beside an SQLite file, a second one that ingest writes, so that it never keeps people waiting; else nothing."""
    if "sqlite" not in database["ENGINE"]:
        return {}
    path = Path(database["NAME"])
    name = "events.sqlite3" if path.name == "main.sqlite3" else f"{path.stem}-events{path.suffix}"
    return _sqlite(path.with_name(name)) | {"TEST": {"MIGRATE": False}}


def _mail(url: str) -> dict[str, Any]:
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not parts.hostname:
        raise BadSetting("FIRSTWIN_MAIL_URL", "expected smtp://host:port, smtp+tls://… (STARTTLS) or smtps://…")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587 if parts.scheme == "smtp+tls" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }

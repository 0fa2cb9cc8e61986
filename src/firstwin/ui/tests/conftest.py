"""Requests without a database: a signed-in person is a plain object here, for this room knows no users."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

Ask = Callable[..., HttpRequest]


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    """Pages without collecting files first."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def reader() -> SimpleNamespace:
    return SimpleNamespace(
        is_authenticated=True,
        is_active=True,
        role="viewer",
        name="Ada Okafor",
        theme="dark",
        density="compact",
        shortcuts_on=False,
        email="",
    )


@pytest.fixture
def ask(rf: RequestFactory, reader: SimpleNamespace) -> Ask:
    """A GET by the reader; `htmx=True` as htmx asks."""

    def made(path: str = "/", *, htmx: bool = False, **headers: Any) -> HttpRequest:
        request = rf.get(path, headers=headers)
        request.user = reader  # type: ignore[assignment]
        request.htmx = htmx  # type: ignore[attr-defined]
        request._messages = CookieStorage(request)  # type: ignore[attr-defined]
        return request

    return made

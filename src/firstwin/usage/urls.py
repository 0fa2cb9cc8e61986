"""Addresses of the usage room."""

from django.urls import URLPattern, URLResolver, path

from firstwin.usage.ingest.door import ingest

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/<str:call>", ingest, name="ingest"),  # the middleware of the same answers before this is asked
]

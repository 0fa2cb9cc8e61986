"""Routes of the signals room."""

from django.urls import URLPattern

from firstwin.signals.views import segment_urls

urlpatterns: list[URLPattern] = [*segment_urls.urlpatterns]

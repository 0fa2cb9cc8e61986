"""Routes of the signals room."""

from django.urls import URLPattern

from firstwin.signals.views import segment_urls, today_urls

urlpatterns: list[URLPattern] = [*today_urls.urlpatterns, *segment_urls.urlpatterns]

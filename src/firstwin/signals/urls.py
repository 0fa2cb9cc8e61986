"""Routes of the signals room."""

from django.urls import URLPattern

from firstwin.signals.views import health_urls, segment_urls, studio_urls, today_urls

urlpatterns: list[URLPattern] = [
    *health_urls.urlpatterns,
    *today_urls.urlpatterns,
    *segment_urls.urlpatterns,
    *studio_urls.urlpatterns,
]

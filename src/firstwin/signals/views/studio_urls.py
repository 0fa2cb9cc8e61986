"""Addresses of the score studio."""

from django.urls import path

from firstwin.signals.views import studio

urlpatterns = [
    path("studio/", studio.studios, name="studios"),
    path("studio/<slug:scorecard>/", studio.studio, name="studio"),
    path("studio/<slug:scorecard>/try/", studio.studio_try, name="studio_try"),
]

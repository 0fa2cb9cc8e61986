"""Addresses of Today, of risks and opportunities, and of stages."""

from django.urls import path

from firstwin.signals.views import risks, today

urlpatterns = [
    path("today/", today.today, name="today"),
    path("risks/<int:pk>/aside/", risks.aside, name="risk_aside"),
]

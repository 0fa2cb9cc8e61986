"""Addresses of health: of one account under its section, and of the portfolio."""

from django.urls import path

from firstwin.signals.views import judged, portfolio, section

_H = "accounts/<slug:key>/health/"

urlpatterns = [
    path("health/", portfolio.portfolio, name="health"),
    path(f"{_H}why/<slug:measure>/", section.measure, name="account_measure"),
    path(f"{_H}override/", judged.override, name="account_override"),
    path(f"{_H}override/<int:pk>/removal/", judged.override_removal, name="account_override_removal"),
    path(f"{_H}pulse/", judged.pulse, name="account_pulse"),
    path(f"{_H}pause/", judged.stage_pause, name="account_stage_pause"),
    path(f"{_H}pause/end/", judged.stage_go_on, name="account_stage_go_on"),
]

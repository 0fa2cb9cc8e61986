"""Addresses of Today, of risks and opportunities, and of stages."""

from django.urls import path

from firstwin.signals.views import board, funnel, risks, risks_aside, today

urlpatterns = [
    path("today/", today.today, name="today"),
    path("risks/", risks.risks, name="risks"),
    path("risks/export.csv", risks.export, name="risks_export"),
    path("risks/detectors/", risks.detectors, name="detectors"),
    path("risks/aside/", risks_aside.aside_several, name="risks_aside"),
    path("risks/<int:pk>/aside/", risks_aside.aside, name="risk_aside"),
    path("risks/<int:pk>/back/", risks_aside.back, name="risk_back"),
    path("stages/", board.stages, name="stages"),
    path("stages/funnel/", funnel.stages_funnel, name="stages_funnel"),
]

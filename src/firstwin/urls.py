"""The URL map: one line per room, doors last."""

from django.urls import include, path

urlpatterns = [
    path("", include("firstwin.ui.urls")),
    path("", include("firstwin.people.urls")),
    path("", include("firstwin.accounts.urls")),
    path("", include("firstwin.outreach.urls")),
    path("", include("firstwin.revenue.urls")),
    path("", include("firstwin.support.urls")),
    path("", include("firstwin.usage.urls")),
    path("", include("firstwin.signals.urls")),
    path("", include("firstwin.connectors.urls")),
]

handler400 = "firstwin.ui.views.bad_request"
handler403 = "firstwin.ui.views.not_allowed"
handler404 = "firstwin.ui.views.not_found"
handler500 = "firstwin.ui.views.broken"

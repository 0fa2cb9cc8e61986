from django.urls import path

from firstwin.outreach.views import outbox

urlpatterns = [
    path("settings/outbox/", outbox.outbox, name="outbox"),
    path("settings/outbox/releasing/", outbox.release, name="outbox_release"),
    path("settings/outbox/<int:pk>/", outbox.message, name="outbox_message"),
    path("settings/outbox/<int:pk>/sending/", outbox.send_again, name="outbox_send_again"),
    path("settings/outbox/<int:pk>/discarding/", outbox.discard, name="outbox_discard"),
]

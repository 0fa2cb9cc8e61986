"""Routes of the support room. They lie under the support section of an account."""

from django.urls import path

from firstwin.support.views import section

urlpatterns = [
    path("accounts/<slug:key>/support/tickets/<int:pk>/", section.ticket, name="account_ticket"),
]

"""Addresses of the usage room."""

from django.urls import URLPattern, URLResolver, path

from firstwin.usage.ingest.door import ingest
from firstwin.usage.views import adoption, catalogue, debugger, health, home, places, section, sources, start

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/<str:call>", ingest, name="ingest"),  # the middleware of the same answers before this is asked
    path("usage/", home.home, name="usage"),
    path("usage/adoption/", adoption.adoption, name="usage_adoption"),
    path("usage/adoption/cohorts/", adoption.cohorts, name="usage_cohorts"),
    path("accounts/<slug:key>/usage/why/<slug:figure>/", section.why, name="account_usage_figure"),
    path("accounts/<slug:key>/usage/people.<slug:form>", section.people, name="account_usage_people"),
    path("usage/events/", catalogue.names, name="usage_names"),
    path("usage/events/export/", catalogue.export, name="usage_names_export"),
    path("usage/events/meanings/", catalogue.change, name="usage_names_change"),
    path("usage/events/<int:feature>/", catalogue.name, name="usage_name"),
    path("usage/debugger/", debugger.rejected, name="usage_debugger"),
    path("usage/debugger/fresh/", debugger.fresh, name="usage_debugger_fresh"),
    path("usage/debugger/accepted/", debugger.accepted, name="usage_accepted"),
    path("usage/debugger/replay/", debugger.replay, name="usage_replay"),
    path("usage/debugger/rejected/<int:pk>/", debugger.one_rejected, name="usage_rejected"),
    path("usage/debugger/customers/", places.places, name="usage_places"),
    path("usage/debugger/customers/<int:pk>/", places.place, name="usage_place"),
    path("usage/sources/", sources.sources, name="usage_sources"),
    path("usage/sources/<slug:source>/", sources.source, name="usage_source"),
    path("usage/sources/<slug:source>/archive/", sources.archive, name="usage_source_archive"),
    path("usage/sources/<slug:source>/keys/", sources.keys, name="usage_keys"),
    path("usage/sources/<slug:source>/keys/<int:pk>/revocation/", sources.revoke, name="usage_key_revocation"),
    path("usage/sources/<slug:source>/start/", start.start, name="usage_start"),
    path("usage/sources/<slug:source>/start/live/", start.live, name="usage_start_live"),
    path("usage/health/", health.health, name="usage_health"),
    path("usage/health/held/<int:pk>/", health.held, name="usage_held"),
]

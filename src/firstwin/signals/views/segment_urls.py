"""Addresses of segments and experiences."""

from django.urls import path

from firstwin.signals.views import experiences, segments

urlpatterns = [
    path("segments/", segments.segment_list, name="segments"),
    path("segments/new/", segments.segment_new, name="segment_new"),
    path("segments/preview/", segments.segment_preview, name="segment_preview"),
    path("segments/<slug:segment>/", segments.segment, name="segment"),
    path("segments/<slug:segment>/edit/", segments.segment_edit, name="segment_edit"),
    path("segments/<slug:segment>/remove/", segments.segment_remove, name="segment_remove"),
    path("experiences/", experiences.experience_list, name="experiences"),
    path("experiences/new/", experiences.experience_new, name="experience_new"),
    path("experiences/<slug:experience>/", experiences.experience, name="experience"),
    path("experiences/<slug:experience>/place/", experiences.experience_place, name="experience_place"),
    path("experiences/<slug:experience>/remove/", experiences.experience_remove, name="experience_remove"),
]

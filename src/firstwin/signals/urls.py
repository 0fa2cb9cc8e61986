"""Routes of the signals room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

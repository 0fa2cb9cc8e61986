from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "firstwin.ui"
    label = "ui"

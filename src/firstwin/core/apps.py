from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "firstwin.core"
    label = "core"

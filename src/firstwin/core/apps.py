from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "firstwin.core"
    label = "core"

    def ready(self) -> None:
        from firstwin.core import tasks  # noqa: F401  (registers its schedule and its invariants)

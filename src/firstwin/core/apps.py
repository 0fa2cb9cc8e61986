from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "firstwin.core"
    label = "core"

    def ready(self) -> None:
        # They register their schedule and their invariants.
        from firstwin.core import (
            sqlite,
            tasks,  # noqa: F401
        )
        from firstwin.core.backup import marker  # noqa: F401

        sqlite.register_all()

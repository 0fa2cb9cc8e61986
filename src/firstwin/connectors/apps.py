from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConnectorsConfig(AppConfig):
    name = "firstwin.connectors"
    label = "connectors"

    def ready(self) -> None:
        from firstwin.connectors import invariants, registrations, tasks

        invariants.register_all()
        tasks.register_schedules()
        registrations.register()
        post_migrate.connect(_install_journal, sender=self)


def _install_journal(sender: Any, using: str, **rest: Any) -> None:
    """All tables of all rooms are there now: connectors is the last room that has any."""
    from firstwin.connectors import journal

    if using == "default":
        journal.install()

from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "firstwin.support"
    label = "support"

    def ready(self) -> None:
        from firstwin.support import registrations

        registrations.register()

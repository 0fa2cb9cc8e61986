from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "firstwin.usage"
    label = "usage"

    def ready(self) -> None:
        from firstwin.usage import registrations

        registrations.register()

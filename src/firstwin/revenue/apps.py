from django.apps import AppConfig


class RevenueConfig(AppConfig):
    name = "firstwin.revenue"
    label = "revenue"

    def ready(self) -> None:
        from firstwin.revenue import registrations

        registrations.register()

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "firstwin.outreach"
    label = "outreach"

    def ready(self) -> None:
        from firstwin.outreach import registrations

        registrations.register()

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "firstwin.people"
    label = "people"

    def ready(self) -> None:
        from firstwin.people import registrations

        registrations.register()

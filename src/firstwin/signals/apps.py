from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SignalsConfig(AppConfig):
    name = "firstwin.signals"
    label = "signals"

    def ready(self) -> None:
        from firstwin.people.config.seed import seed
        from firstwin.signals import registrations

        registrations.register()
        # The only room with shipped definitions so far is the one that asks for them to be written.
        post_migrate.connect(seed, sender=self, dispatch_uid="definitions")

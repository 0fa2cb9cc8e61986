"""`firstwin release`: let a restored installation send again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firstwin.core import clock
from firstwin.core.errors import FirstwinError
from firstwin.core.text import counted
from firstwin.outreach.actions.holds import release


class Command(BaseCommand):
    help = (
        "Let messages leave again after a restore. Messages that waited when the backup was made may have been sent "
        "since by the installation it was made of: they wait in the outbox for a person."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--send-waiting",
            action="store_true",
            help="send those too: only when the other installation was stopped before the backup was made",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = release(by=None, now=clock.now(), sends_waiting=options["send_waiting"])
        except FirstwinError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"Released. {counted(done.going, 'message')} will be sent, "
            f"{counted(done.to_decide, 'message')} to decide about in the outbox."
        )

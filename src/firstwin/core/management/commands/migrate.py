"""`firstwin migrate`: brings every database of this installation up to date, one after the other."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import migrate


class Unnamed(str):
    """The alias used where nobody named one."""

    __slots__ = ()


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=Unnamed("default"))

    def handle(self, *args: Any, **options: Any) -> None:
        is_all = isinstance(options["database"], Unnamed) and not options["app_label"]
        super().handle(*args, **options)
        for alias in settings.DATABASES if is_all else ():
            if alias != "default":  # holds the tables of one room
                super().handle(*args, **options | {"database": alias, "app_label": "lake"})

"""`firstwin user add EMAIL --name NAME --role admin`: make staff users from the command line."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from firstwin.core import clock
from firstwin.core.errors import FirstwinError
from firstwin.people.actions.invitations import invite
from firstwin.people.actions.staff import add_user
from firstwin.people.models import User
from firstwin.people.roles import Role, scope_of


class Command(BaseCommand):
    help = "Make staff users and list them. The first admin is made here; admins invite everybody else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="print a one-time link to join, or take a password and be done")
        add.add_argument("email")
        add.add_argument("--name", default="", help="their name (needed with --password-stdin)")
        add.add_argument("--role", default=Role.CSM.value, choices=Role.values)
        add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        verbs.add_parser("list", help="everybody, with role and scope")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["verb"] == "list":
                self._list()
            else:
                self._add(options["email"], options["name"], Role(options["role"]), options["password_stdin"])
        except FirstwinError as error:
            raise CommandError(error.message) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def _add(self, email: str, name: str, role: Role, reads_password: bool) -> None:
        validate_email(email)
        if reads_password and not name:
            raise CommandError("With --password-stdin, say who it is: --name.")
        password = sys.stdin.readline().rstrip("\n") if reads_password else ""
        if reads_password:
            validate_password(password, User(email=email, name=name))
            user = add_user(email=email, name=name, role=role, password=password, now=clock.now())
            self.stdout.write(f"{user.name} <{user.email}> can sign in as {role.label}.")
            return
        invited = invite(by=None, email=email, name=name, role=role, now=clock.now())
        self.stdout.write(f"{invited.invitation.email} can join once, within seven days:\n{invited.link}")

    def _list(self) -> None:
        for user in User.objects.order_by("name"):
            state = "disabled" if user.disabled_at else "enabled"
            self.stdout.write(f"{user.email}\t{user.name}\t{user.role}\t{scope_of(user)}\t{state}")

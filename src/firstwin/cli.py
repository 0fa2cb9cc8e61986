"""The `firstwin` command: Django's command runner, listing our own commands only."""

import os
import sys

OURS = (
    "migrate",
    "demo",
    "serve",
    "worker",
    "import",
    "imports",
    "sources",
    "account",
    "accounts",
    "usage",
    "lake",
    "config",
    "verify",
    "user",
    "backup",
    "restore",
    "release",
)


def main() -> None:
    """Run one command. With none, or with --help alone, list ours."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    if len(sys.argv) < 2 or sys.argv[1] in {"-h", "--help", "help"}:
        print(_usage())  # noqa: T201
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def _usage() -> str:
    from firstwin import __doc__ as about

    lines = [str(about), "", "Commands (each with --help):"]
    return "\n".join([*lines, *(f"  firstwin {name}" for name in OURS)])


if __name__ == "__main__":
    main()

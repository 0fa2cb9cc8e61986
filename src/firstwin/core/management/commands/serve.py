"""`firstwin serve`: the web server and the worker, together until either stops."""

import errno
import signal
import socket
import subprocess
import sys
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from firstwin.core.backup.marker import refuse_unfinished_here

THREADS = 16
"""More than people need: programs that send events hold 12 of them at most (`usage.ingest.gate`)."""

CONNECTIONS = 1_024
"""Open ones, idle ones too: browsers keep theirs for half a minute, and whoever comes when all are taken waits."""


class Command(BaseCommand):
    help = "Serve Firstwin: the web server and the worker. Stops cleanly on Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=settings.ENV.port, help="default FIRSTWIN_PORT or 8000")
        parser.add_argument("--threads", type=int, default=THREADS, help=f"requests served at once (default {THREADS})")
        parser.add_argument("--no-worker", action="store_true", help="pages only; run `firstwin worker` elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unfinished_here()
        if any(_is_behind(alias) for alias in settings.DATABASES):
            raise CommandError("The database is older than this version. Run: firstwin migrate")
        refuse_taken(options["host"], options["port"])
        call_command("collectstatic", interactive=False, verbosity=0)
        commands = [self._web(options)]
        if not options["no_worker"]:
            commands.append([sys.executable, "-m", "firstwin.cli", "worker"])
        self._announce(options)
        sys.exit(_run_together(commands))

    def _web(self, options: dict[str, Any]) -> list[str]:
        return [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", options["host"],
            "--port", str(options["port"]), "--workers", "1", "--blocking-threads", str(options["threads"]),
            "--backpressure", str(CONNECTIONS), "--log-level", "warning", "--no-ws",
            "firstwin.wsgi:application",
        ]  # fmt: skip

    def _announce(self, options: dict[str, Any]) -> None:
        address = (
            settings.FIRSTWIN_URL if options["port"] == settings.ENV.port else f"http://localhost:{options['port']}"
        )
        self.stdout.write(f"Firstwin is at {address}  (Ctrl-C stops it)")
        sign_in = Path(settings.ENV.home) / "demo_sign_in"
        if sign_in.exists():
            self.stdout.write(sign_in.read_text().strip())
        self.stdout.flush()


def refuse_taken(host: str, port: int) -> None:
    """The server would share a port that another one listens at: each would get some of the requests."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that has just stopped does not count
        try:
            probe.bind(address)
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                raise CommandError(f"Nothing can listen at {host}:{port}: {problem.strerror}.") from None
            says = f"Port {port} is taken, perhaps by another Firstwin. Stop that, or choose one: firstwin serve --port"
            raise CommandError(f"{says} {port + 1}") from None


def _is_behind(alias: str) -> bool:
    connection = connections[alias]
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes(None if alias == "default" else "lake")
    is_behind = bool(executor.migration_plan(leaves))
    connection.close()
    return is_behind


def _run_together(commands: list[list[str]]) -> int:
    """Run all until one ends or a signal comes; then stop the others. The exit code of the one that failed."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    # A group of their own: Ctrl-C reaches only us, and we stop them in order.
    running = [subprocess.Popen(command, start_new_session=True) for command in commands]
    while not stop.wait(0.3):
        if any(process.poll() is not None for process in running):
            break
    failed = next((p.returncode for p in running if p.poll() not in {None, 0}), 0)
    for process in running:
        if process.poll() is None:
            process.terminate()
    for process in running:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
    return failed

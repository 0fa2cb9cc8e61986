"""Two servers at one port would share its requests, each answering from its own data."""

import socket

import pytest
from django.core.management.base import CommandError

from firstwin.core.management.commands.serve import refuse_taken


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_that_is_taken_is_refused_with_what_to_do(host: str) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as the server itself does
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken.*--port {port + 1}"):
            refuse_taken(host, port)
    refuse_taken(host, port)


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(CommandError, match=r"Nothing can listen at 192\.0\.2\.1:8000"):
        refuse_taken("192.0.2.1", 8000)

"""A mail server on this machine that does as it is told."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Postbox:
    """Keeps what it was sent. Answers can be set; `drops_after_data` breaks the line once the text is in."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.recipient_answer = ""
        self.data_answer = ""
        self.refuses = ""  # an address
        self.drops_after_data = False

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.recipient_answer or address == self.refuses:
            return self.recipient_answer or "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if self.data_answer:
            return self.data_answer
        self.letters.append(envelope)
        if self.drops_after_data:
            server.transport.abort()  # type: ignore[union-attr]
            await asyncio.sleep(0)
        return "250 OK"


@contextmanager
def postbox() -> Iterator[tuple[Postbox, int]]:
    """The server and its port."""
    box, port = Postbox(), _free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

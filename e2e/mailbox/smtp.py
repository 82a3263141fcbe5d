"""The SMTP side: takes every letter, unless it is told to misbehave."""

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any, Literal

from aiosmtpd.smtp import SMTP

Fault = Literal["refuse_recipient", "defer_recipient", "refuse_letter", "defer_letter", "hang_up", "drop"]
# What is answered, where, and whether the letter is kept. "drop" keeps it and breaks the line before it says so.
FAULTS: dict[Fault, tuple[Literal["MAIL", "RCPT", "DATA"], str]] = {
    "hang_up": ("MAIL", ""),
    "refuse_recipient": ("RCPT", "550 5.1.1 No such mailbox"),
    "defer_recipient": ("RCPT", "451 4.3.0 Try again later"),
    "refuse_letter": ("DATA", "554 5.7.1 Not wanted here"),
    "defer_letter": ("DATA", "452 4.3.1 No room at the moment"),
    "drop": ("DATA", ""),
}
_TAKEN = "250 2.0.0 Taken"


class Door:
    """The handler that aiosmtpd calls: `keep` stores a letter, `fault_at` says what goes wrong at a command."""

    def __init__(
        self, keep: Callable[[str, tuple[str, ...], bytes], None], fault_at: Callable[[str], Fault | None]
    ) -> None:
        self._keep = keep
        self._fault_at = fault_at

    # aiosmtpd finds these by name, and gives them everything it has.

    async def handle_MAIL(self, server: Any, _s: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802
        fault = self._fault_at("MAIL")
        if fault is not None:
            server.transport.abort()
        envelope.mail_from = address
        return "250 2.1.0 Sender noted"

    async def handle_RCPT(self, _server: Any, _s: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802
        fault = self._fault_at("RCPT")
        if fault is not None:
            return FAULTS[fault][1]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient noted"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        fault = self._fault_at("DATA")
        if fault is None or fault == "drop":
            self._keep(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content)
        if fault == "drop":
            server.transport.abort()
        return FAULTS[fault][1] if fault else _TAKEN


class SmtpServer:
    """A door on a free loopback port, in a thread of its own."""

    def __init__(self, door: Door, *, port: int = 0) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        # What it accepts inherits this: an answer of several lines would wait 40 ms for its second.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        self._door = door
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="mailbox-smtp", daemon=True)
        self._ready = threading.Event()
        self._thread.start()
        # Until then `stop` would stop the loop from opening rather than from serving.
        self._ready.wait()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        serving = self._loop.run_until_complete(self._loop.create_server(self._speak, sock=self._socket))
        self._loop.call_soon(self._ready.set)
        self._loop.run_forever()
        serving.close()
        self._loop.run_until_complete(self._end_conversations())
        self._loop.close()

    def _speak(self) -> SMTP:
        return SMTP(self._door, hostname="mailbox", ident="Mailbox", enable_SMTPUTF8=True, loop=self._loop)

    async def _end_conversations(self) -> None:
        open_ones = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)

"""The mailbox as tests and house.py hold it: letters that came, and what is to go wrong next."""

import threading
from collections import deque
from collections.abc import Callable

from e2e.mailbox.letters import ReceivedLetter, received
from e2e.mailbox.pages import mailbox_app
from e2e.mailbox.phone import Phone
from e2e.mailbox.smtp import FAULTS, Door, Fault, SmtpServer
from e2e.serving import serve


class Mailbox:
    """`smtp_url` is for the sender, `url` for a browser: on localhost, so that the portal is another site to it.

    `phone` is the owner's, which whoever holds the mailbox may put there.
    """

    def __init__(self, *, smtp_port: int = 0, http_port: int = 0) -> None:
        self._letters: list[ReceivedLetter] = []
        self._faults: deque[Fault] = deque()
        self._lasting: Fault | None = None
        self._arrived = threading.Condition()
        self._smtp = SmtpServer(Door(self._keep, self._fault_at), port=smtp_port)
        self.phone: Phone | None = None
        self._web = serve(
            mailbox_app(self.messages, lambda: self.phone), host="localhost", port=http_port, name="mailbox-web"
        )
        self.smtp_port = self._smtp.port
        self.smtp_url = f"smtp://127.0.0.1:{self._smtp.port}"
        self.url = self._web.url

    def messages(self) -> tuple[ReceivedLetter, ...]:
        """All letters, newest first."""
        with self._arrived:
            return tuple(reversed(self._letters))

    def wait_for(self, wanted: Callable[[ReceivedLetter], bool], *, seconds: float = 10) -> ReceivedLetter:
        """The newest letter that is `wanted`, as soon as there is one. Raises TimeoutError."""

        def newest() -> ReceivedLetter | None:
            return next((each for each in reversed(self._letters) if wanted(each)), None)

        with self._arrived:
            found = self._arrived.wait_for(newest, timeout=seconds)
        if found is None:
            raise TimeoutError(f"no such letter came within {seconds:g} seconds")
        return found

    def clear(self) -> None:
        """Throw all letters away; numbers start again at 1."""
        with self._arrived:
            self._letters.clear()

    def fail(self, fault: Fault, *, times: int | None = 1) -> None:
        """Misbehave at the next `times` opportunities, or until `recover()` if None."""
        with self._arrived:
            if times is None:
                self._lasting = fault
            else:
                self._faults.extend([fault] * times)

    def recover(self) -> None:
        with self._arrived:
            self._faults.clear()
            self._lasting = None

    def stop(self) -> None:
        self._smtp.stop()
        self._web.stop()

    def __enter__(self) -> "Mailbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _keep(self, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> None:
        with self._arrived:
            self._letters.append(received(len(self._letters) + 1, envelope_from, recipients, raw))
            self._arrived.notify_all()

    def _fault_at(self, command: str) -> Fault | None:
        with self._arrived:
            fault = self._faults[0] if self._faults else self._lasting
            if fault is None or FAULTS[fault][0] != command:
                return None
            if self._faults:
                self._faults.popleft()
            return fault


def start_mailbox(*, smtp_port: int = 0, http_port: int = 0) -> Mailbox:
    """A running mailbox, on free loopback ports unless told otherwise; `stop()` it, or use it in a `with`."""
    return Mailbox(smtp_port=smtp_port, http_port=http_port)

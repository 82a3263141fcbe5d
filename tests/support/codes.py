"""A tray for letters instead of a mail server, and the code that the newest of them carries."""

import re
from dataclasses import replace
from datetime import datetime

from portal.gateways.mailer import MailUnavailable, OutgoingLetter
from portal.jobs.letters import send_waiting
from portal.resources import Resources


class Tray:
    """A mailer that keeps what it is given; `unclear` times it says afterwards that it does not know."""

    def __init__(self) -> None:
        self.letters: list[OutgoingLetter] = []
        self.unclear = 0

    def send(self, letter: OutgoingLetter, *, sent_at: datetime) -> None:
        self.letters.append(letter)
        if self.unclear:
            self.unclear -= 1
            raise MailUnavailable("The line broke while the letter was handed over.", maybe_sent=True)

    def collect(self, resources: Resources) -> int:
        """Let the letters that wait go out into the tray, and return how many did."""
        return send_waiting(replace(resources, mailer=self), now=resources.clock())  # type: ignore[arg-type]

    def code(self) -> str:
        """What stands alone on a line of the newest letter."""
        [found] = re.findall(r"^([0-9]{6})$", self.letters[-1].text, re.MULTILINE)
        return str(found)


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"

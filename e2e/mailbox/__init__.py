"""A mailbox for everybody: a real SMTP server that keeps what it gets in memory, and a page to read it."""

from e2e.mailbox.letters import Enclosure, ReceivedLetter
from e2e.mailbox.mailbox import Mailbox, start_mailbox
from e2e.mailbox.phone import Display, Phone
from e2e.mailbox.smtp import FAULTS, Fault

__all__ = ["FAULTS", "Display", "Enclosure", "Fault", "Mailbox", "Phone", "ReceivedLetter", "start_mailbox"]

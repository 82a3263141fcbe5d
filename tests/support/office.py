"""The shop with a seller who reads mail: letters are staged, sent, and read as whoever gets them would."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from portal.actions import letters, policies
from portal.gateways.mailer import OutgoingLetter
from portal.jobs.letters import send_waiting
from portal.records import Database, accounts
from portal.records.attempts import AttemptRow
from tests.support.clock import MovableClock
from tests.support.house import open_house
from tests.support.shop import Shop

_Kind = TypeVar("_Kind", bound="Office")


class Office(Shop):
    """A shop whose letters are kept in trays: those for the customer, and those for the seller."""

    def furnish(self) -> None:
        now = self.house.clock.now()
        self.sent: list[OutgoingLetter] = []
        with self.house.resources.writing() as session:
            for key, value in (("seller_name", "Harbor Supply Co."), ("seller_email", "owner@harbor.example")):
                policies.set_policy(session, key, value, effective_on=date(2026, 1, 1), now=now, actor="test")
            self.contact_id = accounts.contacts_of(session, self.account.id)[0].id

    def send(self, letter: OutgoingLetter, *, sent_at: datetime) -> None:
        """As a mailer does."""
        self.sent.append(letter)

    def paid(self, method: str = "card") -> AttemptRow:
        """The first invoice: 981.60 with its discount. Its receipt is read and put away."""
        self.pay_first(method=method)
        attempt = self.pay_by_card() if method == "card" else self.pay_by_bank()
        if method != "card":
            self.house.clock.move(days=6)
            self.house.stripe.tick()
        self.sync(attempt)
        self.post()
        self.sent.clear()
        return self.attempts()[-1]

    def post(self) -> None:
        """Everything that waits goes out."""
        send_waiting(replace(self.house.resources, mailer=self), now=self.house.clock.now())  # type: ignore[arg-type]

    def news(self, attempt: AttemptRow) -> dict[str, OutgoingLetter]:
        """Read Stripe, send what that staged, and answer it by its receiver."""
        self.sync(attempt)
        self.sent.clear()
        self.post()
        assert len({letter.to_email for letter in self.sent}) == len(self.sent)
        return {letter.to_email.split("@")[0]: letter for letter in self.sent}

    def tell_seller(self, kind: str, **about: int) -> OutgoingLetter:
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            account_id = None if kind in ("seller_breaks", "seller_claims") else self.account.id
            letters.stage_to_seller(session, kind, f"{kind}:{now.isoformat()}", account_id, now=now, **about)
        self.sent.clear()
        self.post()
        (letter,) = self.sent
        return letter


@contextmanager
def open_office(kind: type[_Kind], database: Database, clock: MovableClock) -> Iterator[_Kind]:
    """A furnished one of this kind, for `with`."""
    with open_house(database, clock) as house:
        made = kind(house)
        made.furnish()
        yield made


def intent(attempt: AttemptRow) -> str:
    assert attempt.payment_intent_id is not None
    return attempt.payment_intent_id


def mail(office: Office) -> dict[str, OutgoingLetter]:
    """What goes out now, by its receiver: the part of the address before the @."""
    office.sent.clear()
    office.post()
    assert len({letter.to_email for letter in office.sent}) == len(office.sent)
    return {letter.to_email.split("@")[0]: letter for letter in office.sent}


def token(letter: OutgoingLetter) -> str:
    """What the letter's pay link says after `/l/`."""
    found = re.search(r"/l/(\S+)", letter.text)
    assert found is not None
    return found[1]

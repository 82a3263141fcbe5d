"""Asking for codes and typing them, with a tray for letters instead of a mail server."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from httpx2 import Response
from sqlalchemy import select
from starlette.responses import PlainTextResponse
from starlette.responses import Response as Answer
from starlette.testclient import TestClient

from portal.actions import step_up
from portal.actions.access import Access
from portal.actions.step_up import Confirmed
from portal.gateways.mailer import MailUnavailable, OutgoingLetter
from portal.jobs.letters import send_waiting
from portal.records import Database, accounts, sessions
from portal.records.step_up import DeviceRow
from portal.records.tables import history
from portal.resources import Resources
from portal.rules.refusals import Refusal
from portal.web.visit import Visit, resource
from tests.support.clock import MovableClock
from tests.support.site import Site


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


class CodeDesk:
    """One contact, in a browser that has asked for a code or will."""

    def __init__(self, database: Database, clock: MovableClock) -> None:
        self.site, self.clock, self.tray = Site(database, clock), clock, Tray()
        with database.reading() as session:
            self.contact = accounts.contacts_of(session, self.site.account.id)[0]
        self.access = self.open_browser(b"1" * 32)

    def open_browser(self, secret_hash: bytes) -> Access:
        now = self.clock.now()
        with self.site.resources.writing() as session:
            session_id = sessions.add(session, secret_hash, now=now, expires_at=now + timedelta(days=1))
        return Access(session_id, self.site.account, self.contact.id, None)

    def ask(self, access: Access | None = None) -> None:
        with self.site.resources.writing() as session:
            step_up.ask_code(session, access or self.access, now=self.clock.now())

    def receive(self) -> str:
        assert self.tray.collect(self.site.resources) == 1
        return self.tray.code()

    def type(self, code: str, access: Access | None = None, *, brought: str | None = None) -> Confirmed | Refusal:
        with self.site.resources.writing() as session:
            return step_up.redeem(
                session, access or self.access, code, keys=self.site.resources.keys, device_secret=brought,
                user_agent="Firefox" * 100, now=self.clock.now(),
            )  # fmt: skip

    def confirm(self, *, brought: str | None = None) -> str:
        self.ask()
        outcome = self.type(self.receive(), brought=brought)
        assert isinstance(outcome, Confirmed)
        return outcome.secret

    def trusted(self, secret: str | None, contact_id: int | None = None) -> DeviceRow | None:
        with self.site.resources.reading() as session:
            return step_up.trusted(session, contact_id or self.contact.id, secret, now=self.clock.now())

    def acts(self) -> list[str]:
        chosen = select(history.c.action).where(history.c.action.like("step%")).order_by(history.c.id)
        with self.site.resources.reading() as session:
            return [row[0] for row in session.execute(chosen)]


def guarded(visit: Visit) -> Answer:
    with visit.resources.reading() as session:
        access = visit.confirmed_access(session)
        device = visit.device(session, access)
    assert device is not None
    return PlainTextResponse(f"for {access.contact_id}")


def guarded_press(visit: Visit) -> Answer:
    with visit.resources.reading() as session:
        visit.confirmed_access(session, to=visit.form.get("to", ""))
    return PlainTextResponse("done")


class CodeSite:
    """The site with a page that a link alone does not open, and a tray for the letters."""

    def __init__(self, site: Site) -> None:
        self.site, self.tray = site, Tray()
        self.open(site)
        self.visitor = site.visitor()

    def open(self, site: Site) -> None:
        site.app.router.routes.insert(0, resource("/a/{account}/methods", get=guarded, post=guarded_press))

    @property
    def base(self) -> str:
        return f"/a/{self.site.account.public_id}"

    def ask(self, browser: TestClient | None = None) -> str:
        answer = (browser or self.visitor).post(f"{self.base}/code", data={"to": f"{self.base}/methods"})
        assert answer.status_code == 303
        assert self.tray.collect(self.site.resources) == 1
        return self.tray.code()

    def type(self, code: str, browser: TestClient | None = None, *, to: str | None = None, **headers: str) -> Response:
        form = {"code": code, "to": f"{self.base}/methods" if to is None else to}
        return (browser or self.visitor).post(f"{self.base}/code/confirmation", data=form, headers=headers)

"""Customers who walk into the running house: each journey has its own, so that journeys can share one house.

A walker is one browser of a customer; whatever the browser complains of, and wherever else than this machine it
goes, is kept.
"""

from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from e2e.house import House
from e2e.mailbox.letters import ReceivedLetter
from e2e.sample import company, load
from e2e.sample.company import Bill, Customer
from portal.resources import Resources
from portal.rules.dates import local_day

PATIENCE_S = 30
# Of 30 in ten minutes that one address may make; no journey makes more than four.
_OPENINGS = 26
# Chromium says this of every page with such a status, also where the page is meant to have it.
_STATUS = "Failed to load resource: the server responded with a status of"
# What an owner may do on the page of a dispute and sees before it is done.
_ACTS = ("decision", "offer")


@dataclass(frozen=True, slots=True)
class Guest:
    """A customer made for one journey, with the bills of Northwind Traders unless told otherwise.

    An invoice's number belongs to one customer only: INV-2066 of the third guest is Q3-2066.
    """

    name: str
    email: str
    link: str
    customer: Customer


@dataclass
class Walker:
    """One browser: a page to walk with, and what went wrong meanwhile."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    openings: int = 0

    def listen(self) -> None:
        self.context.on("console", self._heard)
        self.context.on("weberror", lambda error: self.complaints.append(f"{error.page}: {error.error}"))
        self.context.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type != "error" or not message.page:
            return
        address = message.location["url"]
        if message.text.startswith(_STATUS) and address == message.page.url:
            return
        # What an act would do is also asked for while its figures are still to be typed, or it is being done.
        previews = (f"{message.page.url}/{act}/preview" for act in _ACTS)
        if message.text.startswith((f"{_STATUS} 422", f"{_STATUS} 409")) and address in previews:
            return
        self.complaints.append(f"{message.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        self.openings += request.method == "POST" and "/l/" in request.url
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.complaints.append(f"left the machine: {request.url}")


class Town:
    """The house, the people and their browsers."""

    def __init__(self, house: House, resources: Resources, browser: Browser) -> None:
        self.house = house
        self.world = house.world
        self.mailbox = house.mailbox
        self.resources = resources
        self.walkers: list[Walker] = []
        self._browser = browser
        self._guests = 0
        self._openings = 0

    def guest(self, bills: tuple[Bill, ...] = company.NORTHWIND.bills, *, letter: bool = False) -> Guest:
        """Bring in a customer; with `letter` their statement is on its way to the mailbox."""
        self._guests += 1
        number = f"J-{self._guests:03}"
        name, email = f"Quay Club {self._guests}", f"treasurer{self._guests}@quayclub.example"
        own = tuple(replace(bill, number=bill.number.replace("INV", f"Q{self._guests}")) for bill in bills)
        customer = replace(company.NORTHWIND, number=number, name=name, emails=(email,), bills=own)
        now = self.house.clock.now()
        today = local_day(now, company.POLICIES["time_zone"])
        load.bring_in(self.resources, [customer], now=now, today=today)
        if letter:
            with self.resources.writing() as session:
                load.write_statement(session, customer, now=now)
        return Guest(name, email, load.address(self.resources, customer, now=now), customer)

    def walker(self, *, javascript: bool = True, dark: bool = False, width: int = 1280) -> Page:
        """A browser of its own with one page, as nobody has used it before."""
        context = self._browser.new_context(
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_S * 1000)
        walker = Walker(context, context.new_page())
        walker.listen()
        self.walkers.append(walker)
        return walker.page

    def at_statement(self, guest: Guest, *, javascript: bool = True, width: int = 1280) -> Page:
        """A browser in which the guest has opened the link and stands before the statement."""
        page = self.walker(javascript=javascript, width=width)
        open_link(page, guest.link)
        return page

    def letter(self, guest: Guest, subject: str) -> ReceivedLetter:
        """The newest letter to the guest with these words in its subject, once it has come."""
        return self.mailbox.wait_for(
            lambda letter: guest.email in letter.recipients and subject in letter.subject, seconds=PATIENCE_S
        )

    def letters(self, guest: Guest, subject: str) -> list[ReceivedLetter]:
        return [each for each in self.mailbox.messages() if guest.email in each.recipients and subject in each.subject]

    def send_home(self) -> list[str]:
        """Close the browsers; answers their complaints."""
        complaints = [complaint for walker in self.walkers for complaint in walker.complaints]
        for walker in self.walkers:
            walker.context.close()
        self._openings += sum(walker.openings for walker in self.walkers)
        self.walkers.clear()
        return complaints

    def get_ready(self) -> None:
        """A portal for the next journey, also where the one before left it dead, at an hour far from midnight.

        Links are opened from one address here, and only so often; the portal's count ends with its process.
        """
        self.house.clock.move_into_day(company.POLICIES["time_zone"])
        portal = self.house.portal
        if self._openings > _OPENINGS or not portal.is_alive:
            portal.restart()
            self._openings = 0


def open_link(page: Page, link: str) -> None:
    """Follow a pay link and press its one button."""
    page.goto(link)
    page.get_by_role("button", name="View").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/l/" not in page.url

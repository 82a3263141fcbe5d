"""One customer: the balance in its parts, the people, and the latest of everything that there is about them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from starlette.responses import Response

from admin.pages import credits, history, invoices, letters, notices, payments, plans
from admin.views import customer as view
from admin.views import history as history_view
from admin.views import invoices as invoices_view
from admin.views import letters as letters_view
from admin.views import payments as payments_view
from admin.views.cells import Cell, Head, Link, Table
from admin.views.things import Section, thing
from admin.web import lists
from admin.web.desk import StaffVisit
from admin.web.lists import List
from portal.actions import links, plan_desk, policies, statements
from portal.actions import notices as told
from portal.actions.policies import Policy
from portal.records import Session, accounts, disputes
from portal.records.accounts import AccountRow
from portal.records.charges_listed import CHARGES
from portal.records.credits_listed import CREDITS
from portal.records.history_listed import ACTS
from portal.records.letters_listed import LETTERS
from portal.records.links import LinkView
from portal.records.listing import Listing, Wanted
from portal.records.notices_listed import NOTICES
from portal.records.payments_listed import PAYMENTS
from portal.records.plans import PlanRow
from portal.records.plans_listed import PLANS
from portal.rules.refusals import NotFound

CUSTOMERS = Link("Customers", "/admin/customers")
_MOST = 10

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Opened:
    """The books at one customer."""

    session: Session
    account: AccountRow
    policy: Policy

    @property
    def base(self) -> str:
        return f"{CUSTOMERS.href}/{self.account.public_id}"

    def latest(
        self,
        shown: List,
        listing: Listing[Row],
        row: Callable[[Row, Policy], Sequence[Cell]],
        values: Mapping[str, object],
        title: str = "",
    ) -> Section:
        """The latest of a list that are about this customer, and the way to the others."""
        wanted = Wanted(chosen={"customer": self.account.public_id}, sort=shown.sort, descending=shown.descending)
        found = listing.page(self.session, wanted, limit=_MOST, offset=0, **values)
        keep = [number for number, each in enumerate(shown.columns) if each.title != "Customer"]
        heads = [Head(shown.columns[number].title, shown.columns[number].is_number) for number in keep]
        cells = [row(each, self.policy) for each in found]
        rows = [[line[number] for number in keep] for line in cells]
        more = [Link("See all", f"{shown.address}?customer={self.account.public_id}")] if len(found) == _MOST else []
        name = title or shown.title
        return Section(name, Table(name, heads, rows, f"There are no {shown.noun[1]}."), links=more)


def load(session: Session, account: str, *, now: datetime) -> Opened:
    """The customer in the address."""
    found = accounts.by_public_id(session, account)
    if found is None:
        raise NotFound("There is no such customer.")
    return Opened(session, found, policies.load(session, now=now))


def show(visit: StaffVisit) -> Response:
    """Everything about one customer that is looked for most."""
    can_change = visit.may("collector")
    with visit.resources.reading() as session:
        found = load(session, visit.path["account"], now=visit.now)
        account, policy, base = found.account, found.policy, found.base
        words = policy.words(account.currency)
        standing = statements.load(session, account, on=policy.today, policy=policy)
        contacts = view.contacts(accounts.contacts_of(session, account.id), words, base=base, can_change=can_change)
        latest = list(reversed(links.list_links(session, account.id)))
        their_links = view.links(latest[:_MOST], words, base=base, now=visit.now, can_revoke=can_change)
        asked = plan_desk.request_of(session, account)
        their_disputes = view.disputes(disputes.of_account(session, account.id), words)
        sections = [
            found.latest(invoices.LIST, CHARGES, invoices_view.row, lists.as_of(policy)),
            found.latest(payments.LIST, PAYMENTS, payments_view.row, {}),
            *_plans(found),
            *([Section("Disputes", their_disputes)] if their_disputes.rows else []),
            *_told(found, can_end=can_change),
            found.latest(credits.LIST, CREDITS, credits.row, {}),
            Section("Contacts", contacts, links=[Link("Add a contact", f"{base}/contacts")] if can_change else []),
            Section("Links", their_links, words=_live(latest, visit) if latest else ""),
            found.latest(letters.LIST, LETTERS, lambda each, of: letters_view.row(each, of, can_retry=can_change), {}),
            found.latest(history.LIST, ACTS, history_view.row, {}),
        ]
    acts = _acts(base, asked) if can_change else []
    context = thing(
        account.name,
        CUSTOMERS,
        intro=f"Number {account.number}" if account.number else "",
        links=acts,
        tiles=view.tiles(standing, words),
        facts=view.facts(account, base=base, can_change=can_change),
        sections=sections,
    )
    return visit.page("admin/things/show.html", context, policy=policy)


def _acts(base: str, asked: PlanRow | None) -> list[Link]:
    """A plan that they have asked for is answered; else one can be offered."""
    return [
        Link("Send a link", f"{base}/links"),
        Link("Record a payment", f"{base}/payments"),
        Link("Answer their plan", f"{plans.ADDRESS}/{asked.public_id}")
        if asked
        else Link("Offer a plan", f"{base}/plan"),
    ]


def _plans(found: Opened) -> list[Section]:
    """Their payment plans, where there ever was one."""
    places = {"day": found.policy.today}
    section = found.latest(
        plans.LIST, PLANS, lambda each, policy: plans.rows_of(found.session, [each], policy)[0], places
    )
    return [section] if section.table and section.table.rows else []


def _told(found: Opened, *, can_end: bool) -> list[Section]:
    """What they said, where they ever said something."""
    waiting = {each.id for each in told.open_anywhere(found.session)}
    section = found.latest(
        notices.LIST,
        NOTICES,
        lambda each, policy: notices.row(each, policy, is_open=each.id in waiting, can_end=can_end),
        {},
    )
    return [section] if section.table and section.table.rows else []


def _live(latest: Sequence[LinkView], visit: StaffVisit) -> str:
    live = sum(links.state_of(each, each.link.version, now=visit.now) == "live" for each in latest)
    return f"{live} of {len(latest)} links can be opened now."

"""A customer whose saved card is charged for a plan by the portal's worker, whatever dies meanwhile."""

from datetime import datetime, timedelta

from sqlalchemy import select

from e2e.agreeing import agree
from e2e.post import hand_over
from e2e.soak.crash_rig import Rig
from e2e.soak.customers import Customer
from portal.actions import collections, policies, setups
from portal.actions.access import Access
from portal.actions.checkouts import Payer
from portal.records import Session, accounts, step_up
from portal.records import collections as records
from portal.records import setups as setup_records
from portal.records.collections import CollectionRow
from portal.records.plans import PlanRow
from portal.records.tables import grants, links
from portal.rules.plans import Shape

_NOTICE_DAYS = 2
_FIRST_IN = timedelta(days=1 + _NOTICE_DAYS)
_CONSENT = "You may charge it."
# Longer than a try of unknown end is left alone, as the clock goes.
_LATER_MINUTES = 3
_LOOKS_BETWEEN = 10


def be_charged(rig: Rig, customer: Customer) -> None:
    """Agree to pay the last bill in two parts by card, and wait until the first was charged."""
    access = _access(rig, customer)
    plan = _agree(rig, customer, access)
    _save_card(rig, access, plan)
    rig.clock.move(days=1)
    collections.announce(rig.resources, now=rig.clock.now())
    hand_over(rig.resources, now=rig.clock.now())
    rig.clock.move(days=_NOTICE_DAYS)
    looks = 0

    def charged(session: Session) -> CollectionRow | None:
        nonlocal looks
        looks += 1
        if looks % _LOOKS_BETWEEN == 0:
            # The worker pauses by this clock, and leaves a try alone that another worker may still be making.
            rig.clock.move(minutes=_LATER_MINUTES)
        first = next(iter(records.of_plan(session, plan.id)), None)
        return first if first is not None and first.state == "done" else None

    rig.wait_for(charged)


def _access(rig: Rig, customer: Customer) -> Access:
    """The browser that has opened the customer's link."""
    asked = (
        select(grants.c.session_id, links.c.contact_id)
        .join(links, links.c.id == grants.c.link_id)
        .where(links.c.account_id == customer.account_id)
    )
    with rig.resources.reading() as session:
        session_id, contact_id = session.execute(asked).one()
        return Access(session_id, accounts.by_id(session, customer.account_id), contact_id, None)


def _agree(rig: Rig, customer: Customer, access: Access) -> PlanRow:
    now = rig.clock.now()
    with rig.resources.writing() as session:
        policy = policies.load(session, now=now)
        shape = Shape(0, 2, "week", policy.today + _FIRST_IN)
        device_id = _device(session, access, now=now)
        chosen = [customer.bills[-1].public_id]
        return agree(session, access, shape, device_id=device_id, chosen=chosen, policy=policy, now=now)


def _device(session: Session, access: Access, *, now: datetime) -> int:
    secret = f"{access.session_id:032}".encode()
    return step_up.confirm_device(
        session, access.contact_id or 0, secret, user_agent="Firefox", now=now, expires_at=now + timedelta(days=365)
    )


def _save_card(rig: Rig, access: Access, plan: PlanRow) -> None:
    """On Stripe's page, for the plan."""
    payer, now = Payer(access.account.id, access.session_id, access.contact_id), rig.clock.now()
    setups.begin(rig.resources, payer, kind="card", purpose="plan", plan_id=plan.id, consent=_CONSENT, now=now)
    with rig.resources.reading() as session:
        setup = setup_records.open_of_session(session, payer.account_id, payer.session_id)[0]
    rig.world.pay_by_card(setup.checkout_id or "")
    setups.sync(rig.resources, setup.id, now=now)

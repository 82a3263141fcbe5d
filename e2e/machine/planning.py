"""Plans and saved methods in a town: who agrees to them, in whose name, and how they stand."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import select

from e2e import agreeing
from e2e.machine.people import VISITORS_EACH
from e2e.machine.town import Town
from portal.actions import plan_standing, plans, policies, statements
from portal.actions.access import Access
from portal.actions.checkouts import Payer
from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, step_up
from portal.records import plans as plan_records
from portal.records import saved_methods as method_records
from portal.records.accounts import AccountRow
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.records.tables import grants, links, saved_methods
from portal.records.tables import plans as plans_table
from portal.rules.plans import KEPT
from portal.rules.refusals import Refusal

OWNER = "staff:1"
_YEARS = timedelta(days=3650)


def payer(town: Town, account: AccountRow) -> Payer:
    """The customer's first browser, which has opened its link."""
    town.visitors[town.accounts.index(account) * VISITORS_EACH].get("")
    asked = (
        select(grants.c.session_id, links.c.contact_id)
        .join(links, links.c.id == grants.c.link_id)
        .where(links.c.account_id == account.id)
        .order_by(grants.c.id.desc())
    )
    with town.resources.reading() as session:
        session_id, contact_id = session.execute(asked).first() or (0, None)
    return Payer(account.id, session_id, contact_id)


def access_of(town: Town, account: AccountRow) -> Access:
    found = payer(town, account)
    return Access(found.session_id, account, found.contact_id, None)


def accept(town: Town, plan: PlanRow) -> bool:
    """By its customer, on a device that knows the mailed code; False where it is refused."""
    account = owner_of(town, plan.account_id)
    access, now = access_of(town, account), town.clock.now()

    def act(session: Session, policy: Policy, standing: Standing) -> object:
        device_id = _device(session, access.contact_id or 0, town)
        offered = plan_records.by_id(session, plan.id)
        return agreeing.accept(session, access, offered, standing, device_id=device_id, policy=policy, now=now)

    return written(town, account, act)


def written(town: Town, account: AccountRow, act: Callable[[Session, Policy, Standing], object]) -> bool:
    """Do it in a transaction, with the account as it stands; False where it is refused."""
    try:
        with town.resources.writing() as session:
            policy = policies.load(session, now=town.clock.now())
            act(session, policy, statements.load(session, account, on=policy.today, policy=policy))
    except Refusal:
        return False
    return True


def coverable(standing: Standing, what: str) -> dict[int, int]:
    """What of a standing goes on a plan: all of it, its oldest charge, or half of that."""
    found = plans.coverable(standing)
    if what == "all":
        return found
    first = dict(list(found.items())[:1])
    return first if what == "1" else {charge_id: cents // 2 for charge_id, cents in first.items()}


def plans_in(town: Town, *states: str) -> Sequence[PlanRow]:
    """Oldest first; without states those that are kept."""
    with town.resources.reading() as session:
        wanted = select(plans_table.c.id).where(plans_table.c.state.in_(states or sorted(KEPT)))
        ids = session.execute(wanted.order_by(plans_table.c.id)).scalars().all()
        return [plan_records.by_id(session, each) for each in ids]


def stands(session: Session, plan: PlanRow, policy: Policy, standing: Standing) -> PlanStanding:
    return plan_standing.load(session, plan_records.by_id(session, plan.id), standing, policy=policy)


def living_methods(town: Town, account_id: int | None = None) -> Sequence[MethodRow]:
    """Oldest first; those of an account or of everybody."""
    with town.resources.reading() as session:
        wanted = select(saved_methods.c.id).where(saved_methods.c.ended_at.is_(None)).order_by(saved_methods.c.id)
        if account_id is not None:
            wanted = wanted.where(saved_methods.c.account_id == account_id)
        return [method_records.by_id(session, each) for each in session.execute(wanted).scalars().all()]


def owner_of(town: Town, account_id: int) -> AccountRow:
    return next(each for each in town.accounts if each.id == account_id)


def _device(session: Session, contact_id: int, town: Town) -> int:
    now = town.clock.now()
    known = step_up.trusted(session, contact_id, _secret(contact_id), now=now)
    if known is None:
        step_up.confirm_device(
            session, contact_id, _secret(contact_id), user_agent="Firefox", now=now, expires_at=now + _YEARS
        )
        known = step_up.trusted(session, contact_id, _secret(contact_id), now=now)
    assert known is not None
    return known.id


def _secret(contact_id: int) -> bytes:
    return f"{contact_id:032}".encode()

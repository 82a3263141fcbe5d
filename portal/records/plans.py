"""Payment plans: what was offered, what was agreed, and what of which charge is on them on a day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, exists, insert, select, update

from portal.records.engine import Session
from portal.records.tables import instalments, plan_charges, plan_events, plan_options, plans
from portal.records.types import new_public_id


class PlanRow(NamedTuple):
    """A plan; `total_cents` is what it covers, `method_id` what is charged for it (None: paid by hand)."""

    id: int
    public_id: str
    account_id: int
    contact_id: int | None
    number: str
    state: str
    total_cents: int
    words: str
    made_by: str
    created_at: datetime
    moved_at: datetime
    expires_on: date | None
    accepted_at: datetime | None
    accepted_on: date | None
    ended_on: date | None
    cure_by: date | None
    paused_on: date | None
    moved_position: int | None
    method_id: int | None
    replaces_id: int | None
    version: int
    grace_days: int | None
    cure_days: int | None

    @property
    def is_own(self) -> bool:
        """Whether the customer made or asked for it, and not the seller."""
        return self.made_by.startswith(("contact:", "session:"))


class OptionRow(NamedTuple):
    """One way to pay that is offered; `every` is week, fortnight or month."""

    plan_id: int
    position: int
    down_cents: int
    times: int
    every: str
    first_on: date
    is_chosen: bool


class CoveredRow(NamedTuple):
    """What of a charge is on a plan, as of its offer or its acceptance."""

    plan_id: int
    charge_id: int
    covered_cents: int


class InstalmentRow(NamedTuple):
    """An agreed payment; `agreed_on` is its first date, where it was moved since."""

    plan_id: int
    position: int
    due_on: date
    agreed_on: date
    amount_cents: int


class EventRow(NamedTuple):
    """What happened to a plan, by whom, and to which of its instalments."""

    plan_id: int
    at: datetime
    happened_on: date
    kind: str
    actor: str
    position: int | None
    amount_cents: int | None
    words: str


_PLAN = tuple(plans.c[name] for name in PlanRow._fields)
_OPTION = tuple(plan_options.c[name] for name in OptionRow._fields)
_COVERED = tuple(plan_charges.c[name] for name in CoveredRow._fields)
_INSTALMENT = tuple(instalments.c[name] for name in InstalmentRow._fields)
_EVENT = tuple(plan_events.c[name] for name in EventRow._fields)
_IS_KEPT = plans.c.state.in_(("active", "paused"))

_BY_ID = select(*_PLAN).where(plans.c.id == bindparam("wanted"))
_BY_PUBLIC_ID = select(*_PLAN).where(plans.c.public_id == bindparam("wanted"))
_OF_ACCOUNT = select(*_PLAN).where(plans.c.account_id == bindparam("account")).order_by(plans.c.id.desc())
_KEPT = select(*_PLAN).where(_IS_KEPT).order_by(plans.c.id)
_PAST_EXPIRY = (
    select(*_PLAN).where(plans.c.state == "offered", plans.c.expires_on < bindparam("day")).order_by(plans.c.id)
)
_OPTIONS = select(*_OPTION).where(plan_options.c.plan_id == bindparam("plan")).order_by(plan_options.c.position)
_COVERS = select(*_COVERED).where(plan_charges.c.plan_id == bindparam("plan")).order_by(plan_charges.c.charge_id)
_INSTALMENTS = select(*_INSTALMENT).where(instalments.c.plan_id == bindparam("plan")).order_by(instalments.c.position)
_EVENTS = select(*_EVENT).where(plan_events.c.plan_id == bindparam("plan")).order_by(plan_events.c.id)
_IS_TAKEN = select(plan_charges.c.charge_id).where(
    plan_charges.c.is_active, plan_charges.c.charge_id.in_(bindparam("charges", expanding=True))
)


def add(
    session: Session,
    values: Mapping[str, object],
    options: Sequence[Mapping[str, object]],
    covered: Mapping[int, int],
) -> PlanRow:
    """Insert a plan that is requested or offered; `covered` is cents by charge."""
    made = insert(plans).returning(*_PLAN)
    row = PlanRow._make(session.execute(made, {**values, "public_id": new_public_id()}).one())
    set_options(session, row.id, options)
    set_covered(session, row.id, covered, is_active=False)
    return row


def by_id(session: Session, plan_id: int) -> PlanRow:
    """The plan of this id, which must exist."""
    return PlanRow._make(session.execute(_BY_ID, {"wanted": plan_id}).one())


def by_public_id(session: Session, public_id: str) -> PlanRow | None:
    """Whoever's it is: for staff. A customer's page asks by `find`."""
    row = session.execute(_BY_PUBLIC_ID, {"wanted": public_id}).first()
    return PlanRow._make(row) if row else None


def find(session: Session, account_id: int, public_id: str) -> PlanRow | None:
    """One plan, if it is this account's."""
    row = by_public_id(session, public_id)
    return row if row and row.account_id == account_id else None


def of_account(session: Session, account_id: int) -> Sequence[PlanRow]:
    """The account's plans in whatever state, newest first."""
    return [PlanRow._make(row) for row in session.execute(_OF_ACCOUNT, {"account": account_id})]


def kept(session: Session) -> Sequence[PlanRow]:
    """Every plan that is being kept, paused ones included."""
    return [PlanRow._make(row) for row in session.execute(_KEPT)]


def past_expiry(session: Session, today: date) -> Sequence[PlanRow]:
    """Offers that nobody took in time."""
    return [PlanRow._make(row) for row in session.execute(_PAST_EXPIRY, {"day": today})]


def options(session: Session, plan_id: int) -> Sequence[OptionRow]:
    return [OptionRow._make(row) for row in session.execute(_OPTIONS, {"plan": plan_id})]


def covered(session: Session, plan_id: int) -> Sequence[CoveredRow]:
    return [CoveredRow._make(row) for row in session.execute(_COVERS, {"plan": plan_id})]


def agreed(session: Session, plan_id: int) -> Sequence[InstalmentRow]:
    """Its instalments in their order; none before it is accepted."""
    return [InstalmentRow._make(row) for row in session.execute(_INSTALMENTS, {"plan": plan_id})]


def events(session: Session, plan_id: int) -> Sequence[EventRow]:
    """Its story, oldest first."""
    return [EventRow._make(row) for row in session.execute(_EVENTS, {"plan": plan_id})]


def taken(session: Session, charge_ids: Sequence[int]) -> frozenset[int]:
    """Those of these charges that are on a plan being kept."""
    return frozenset(session.execute(_IS_TAKEN, {"charges": list(charge_ids)}).scalars())


def change(session: Session, plan: PlanRow, values: Mapping[str, object]) -> bool:
    """Set columns of a plan and raise its version; False where it has changed since it was read."""
    changed = session.execute(
        update(plans)
        .where(plans.c.id == plan.id, plans.c.version == plan.version)
        .values(**values, version=plan.version + 1)
    )
    return changed.rowcount == 1


def set_options(session: Session, plan_id: int, options: Sequence[Mapping[str, object]]) -> None:
    """Say what may be chosen from; a plan gets its options once."""
    if options:
        session.execute(insert(plan_options), [{**each, "plan_id": plan_id, "is_chosen": False} for each in options])


def choose(session: Session, plan_id: int, position: int) -> None:
    """Remember which option was accepted."""
    session.execute(
        update(plan_options)
        .where(plan_options.c.plan_id == plan_id, plan_options.c.position == position)
        .values(is_chosen=True)
    )


def set_covered(session: Session, plan_id: int, covered: Mapping[int, int], *, is_active: bool) -> None:
    """Say what of which charge the plan covers. A charge on another kept plan raises IntegrityError."""
    for charge_id, cents in covered.items():
        values = {"covered_cents": cents, "is_active": is_active}
        is_there = (plan_charges.c.plan_id == plan_id) & (plan_charges.c.charge_id == charge_id)
        if session.execute(select(exists().where(is_there))).scalar():
            session.execute(update(plan_charges).where(is_there).values(**values))
        else:
            session.execute(insert(plan_charges), {**values, "plan_id": plan_id, "charge_id": charge_id})


def let_go(session: Session, plan_id: int) -> None:
    """The plan is over: its charges may be on another."""
    session.execute(update(plan_charges).where(plan_charges.c.plan_id == plan_id).values(is_active=False))


def add_instalments(session: Session, rows: Sequence[InstalmentRow]) -> None:
    session.execute(insert(instalments), [row._asdict() for row in rows])


def move_instalment(session: Session, plan_id: int, position: int, due_on: date) -> None:
    session.execute(
        update(instalments)
        .where(instalments.c.plan_id == plan_id, instalments.c.position == position)
        .values(due_on=due_on)
    )


def add_event(session: Session, row: EventRow) -> None:
    session.execute(insert(plan_events), row._asdict())

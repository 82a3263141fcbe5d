"""What must hold after each step, however much is still on its way."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from sqlalchemy import bindparam, func, select

from e2e.machine.charging import Charging, charged_beyond, chased, intents_at_once
from e2e.machine.finding import SESSION
from e2e.machine.people import VISITORS_EACH
from e2e.machine.town import Town
from portal.actions.check import check_books
from portal.records import Session
from portal.records.tables import allocations, attempt_charges, attempts, charges, inbox, letters, movements, payments

# What may keep an event waiting: Stripe away, others faster, an attempt that is not there yet.
_PATIENT = ("StripeUnavailable", "Contended", "NotYet")


class Always:
    """`breaches` after each step. It remembers what was true before, where that decides what may be true now."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._quoted_until = 0
        self._seen: tuple[int, date] | None = None
        self._overdrawn: Counter[str] = Counter()
        self._charging = Charging(town)

    def breaches(self, *, also_pages: bool = False) -> list[str]:
        """What is wrong now, in sentences; `also_pages` loads a statement of each customer."""
        found = [*self._town.breaches, *self._town.world.type_errors]
        seen = (self._town.writes, self._town.clock.now().date())
        with self._town.resources.reading() as session:
            found += self._taken(session)
            found += intents_at_once(self._town, session)
            self._overdraw()
            if seen != self._seen:
                found += map(str, check_books(session, now=self._town.clock.now()).breaches)
                found += _held_twice(session)
                found += _doubled_letters(session)
                found += _unexpected_errors(session)
                found += self._quoted_beyond(session)
                found += self._debit_notes(session)
                found += _quotes_not_honoured(session)
                found += charged_beyond(self._town, session)
                found += chased(self._town, session)
        self._seen = seen
        if also_pages:
            for visitor in self._town.visitors[::VISITORS_EACH]:
                visitor.get("")
        return found

    def _taken(self, session: Session) -> Iterator[str]:
        """Each page at Stripe that collects is an attempt's own, which lives, and only its amount is taken, once."""
        known = {
            row.public_id: row
            for row in session.execute(select(attempts.c.public_id, attempts.c.state, attempts.c.amount_cents))
        }
        pages: Counter[str] = Counter()
        for page in self._town.world.all(SESSION):
            if page["mode"] == "setup":
                continue
            attempt = page["metadata"]["attempt"]
            pages[attempt] += page["status"] != "expired"
            row = known[attempt]
            if page["status"] == "open" and row.state not in ("created", "open"):
                yield f"{page['id']} can still be paid, and attempt {attempt} is {row.state}"
            if page["amount_total"] != row.amount_cents:
                yield f"{page['id']} asks for {page['amount_total']}, attempt {attempt} for {row.amount_cents}"
        yield from (f"attempt {attempt} has {count} pages" for attempt, count in pages.items() if count > 1)
        taken: Counter[str] = Counter()
        for charge in self._town.world.all("charge"):
            taken[charge["metadata"]["attempt"]] += charge["amount"] if charge["status"] != "failed" else 0
        for attempt, cents in taken.items():
            if cents > known[attempt].amount_cents:
                yield f"{cents} were taken where attempt {attempt} asked for {known[attempt].amount_cents}"

    def _quoted_beyond(self, session: Session) -> Iterator[str]:
        """An attempt that is new asks for nothing that is under way already."""
        for charge_id, cents in session.execute(_ASKED, {"newer_than": self._quoted_until}).all():
            open_cents = session.execute(_OPEN, {"charge": charge_id}).scalar_one()
            if cents > open_cents:
                yield f"charge {charge_id}: {cents} are asked for or under way, {open_cents} are open"
        self._quoted_until = session.execute(_NEWEST).scalar_one()

    def _overdraw(self) -> None:
        """By how much Stripe ever took more from a charge than it had brought."""
        gone: Counter[str] = Counter()
        for refund in self._town.world.all("refund"):
            gone[refund["charge"]] += refund["amount"] if refund["status"] in ("pending", "succeeded") else 0
        for dispute in self._town.world.all("dispute"):
            gone[dispute["charge"]] += max(0, -sum(each["amount"] for each in dispute["balance_transactions"]))
        for charge_id, cents in gone.items():
            beyond = cents - self._town.world.get("charge", charge_id)["amount_captured"]
            self._overdrawn[charge_id] = max(self._overdrawn[charge_id], beyond)

    def _debit_notes(self, session: Session) -> Iterator[str]:
        """A debit note stands for what left a payment beyond what it brought, by Stripe's own word."""
        for stripe_id, cents in session.execute(_NOTES):
            if cents > self._overdrawn[stripe_id]:
                yield f"{cents} in debit notes for {stripe_id}, of which {self._overdrawn[stripe_id]} were ever missing"


_NEWEST = select(func.coalesce(func.max(attempts.c.id), 0))
_OPEN = select(func.coalesce(func.sum(movements.c.receivable_cents), 0)).where(
    movements.c.charge_id == bindparam("charge")
)
_QUOTED = attempt_charges.c.pay_cents + attempt_charges.c.discount_cents + attempt_charges.c.credit_cents
_IS_NEW = attempts.c.id > bindparam("newer_than")
_ASKED = (
    select(attempt_charges.c.charge_id, func.sum(_QUOTED))
    .join(attempts, attempts.c.id == attempt_charges.c.attempt_id)
    .where((attempts.c.state == "processing") | (_IS_NEW & attempts.c.state.in_(("created", "open"))))
    .group_by(attempt_charges.c.charge_id)
    .having(func.max(attempts.c.id) > bindparam("newer_than"))
)
_NOTES = (
    select(payments.c.stripe_charge_id, func.sum(movements.c.receivable_cents))
    .join(movements, movements.c.payment_id == payments.c.id)
    .join(charges, charges.c.id == movements.c.charge_id)
    .where(charges.c.kind == "debit_note", movements.c.source.startswith("charge:"))
    .where(payments.c.stripe_charge_id.is_not(None))
    .group_by(payments.c.stripe_charge_id)
)


_HELD_TWICE = (
    select(attempt_charges.c.charge_id, func.count())
    .join(attempts, attempts.c.id == attempt_charges.c.attempt_id)
    .where(attempts.c.state.in_(("created", "open")))
    .group_by(attempt_charges.c.charge_id)
    .having(func.count() > 1)
)
_DOUBLED = select(letters.c.key).group_by(letters.c.key).having(func.count() > 1)
_IN_ERROR = select(inbox.c.type, inbox.c.error).where(inbox.c.error.is_not(None), inbox.c.state != "handled")
_TOUCHED_ONCE = select(allocations.c.charge_id).group_by(allocations.c.charge_id).having(func.count() == 1)
_GIVEN_UP = select(movements.c.charge_id).where(
    movements.c.source.startswith("write_off:") | movements.c.source.startswith("recovery:")
)
_DISHONOURED = (
    select(attempts.c.public_id, attempt_charges.c.discount_cents, allocations.c.discount_cents)
    .join(attempts, attempts.c.id == attempt_charges.c.attempt_id)
    .join(payments, payments.c.attempt_id == attempts.c.id)
    .join(
        allocations,
        (allocations.c.payment_id == payments.c.id) & (allocations.c.charge_id == attempt_charges.c.charge_id),
    )
    .where(payments.c.started_at < attempts.c.honoured_until)
    .where(allocations.c.charge_id.in_(_TOUCHED_ONCE), allocations.c.charge_id.not_in(_GIVEN_UP))
    .where(allocations.c.discount_cents != attempt_charges.c.discount_cents)
)


def _held_twice(session: Session) -> Iterator[str]:
    """Not by the flag that has an index, but by the states that it stands for."""
    yield from (f"charge {charge} is in {count} open attempts" for charge, count in session.execute(_HELD_TWICE))


def _doubled_letters(session: Session) -> Iterator[str]:
    yield from (f"letter {key} is there twice" for key in session.execute(_DOUBLED).scalars())


def _unexpected_errors(session: Session) -> Iterator[str]:
    """An event that waits says why; a fault of ours would wait there for days, tried again and again."""
    for kind, error in session.execute(_IN_ERROR):
        if not error.startswith(_PATIENT):
            yield f"{kind} could not be handled: {error}"


def _quotes_not_honoured(session: Session) -> Iterator[str]:
    """A payment through a page that lived brings its discount, where nothing else ever happened to its charge."""
    for attempt, wanted, given in session.execute(_DISHONOURED):
        yield f"attempt {attempt} was quoted a discount of {wanted} and got {given}"

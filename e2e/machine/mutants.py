"""Twenty houses that are wrong on purpose, each by a few of the house's own functions put out of order from outside.

A machine that does not catch them proves nothing. Each is caught by a committed list of steps (`lists/`).
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from itertools import accumulate, count
from typing import Any
from unittest.mock import patch

from sqlalchemy import select, text

from e2e.machine.charging_mutants import CHARGING
from portal.actions import (
    checkouts,
    dispute_decisions,
    payments,
    reversals,
    statements,
    stripe_news,
)
from portal.actions import inbox as inbox_actions
from portal.actions import ledger as ledger_actions
from portal.gateways import stripe_reading as reading
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_values import PaymentFacts
from portal.records import attempts, charges, inbox, ledger
from portal.records.tables import inbox as inbox_table
from portal.records.tables import movements
from portal.resources import Resources
from portal.rules import balance, disputes, resolutions
from portal.rules import reversals as rules
from portal.rules.dates import local_day

Install = Callable[[ExitStack], None]
Wire = Mapping[str, Any]
# What the events name that are being handled: their objects as they were when the events were made.
_NAMED: ContextVar[Sequence[Wire] | None] = ContextVar("named", default=None)


@contextmanager
def installed(name: str) -> Iterator[None]:
    """Put a mutant in the house's place; the house is itself again afterwards."""
    with ExitStack() as stack:
        MUTANTS[name](stack)
        yield


def per_object(stack: ExitStack) -> None:
    """Only the object that an event names is brought in, not the whole payment."""

    def facts(found: PaymentFacts, named: Sequence[Wire]) -> PaymentFacts:
        ids = {each["id"] for each in named}
        return replace(
            found,
            refunds=tuple(each for each in found.refunds if each.refund_id in ids),
            disputes=tuple(each for each in found.disputes if each.dispute_id in ids),
        )

    _read_by_events(stack, facts)


def ack_first(stack: ExitStack) -> None:
    """An event counts as handled before it is: what fails then is never tried again."""

    def handle(resources: Resources, subject: str, *, now: Any) -> None:
        with resources.writing() as session:
            events = inbox.of_subject(session, subject)
            inbox.close(session, [event.id for event in events], state="handled", now=now)
        try:
            if events:
                inbox_actions._bring_in(resources, subject, events, now=now)
        except Exception:  # As the house does, but too late to remember it.
            return

    stack.enter_context(patch.object(inbox_actions, "handle", handle))


def payload(stack: ExitStack) -> None:
    """What an event carries is believed, however old it is."""

    def facts(found: PaymentFacts, named: Sequence[Wire]) -> PaymentFacts:
        refunds = {each["id"]: reading.refund_facts(each) for each in named if each["object"] == "refund"}
        return replace(found, refunds=tuple(refunds.values()))

    _read_by_events(stack, facts)


def cumulative(stack: ExitStack) -> None:
    """For each refund what was refunded in all is posted: Stripe's `amount_refunded`."""
    real = StripeCheckouts._facts

    def facts(self: StripeCheckouts, session: Wire | None, intent: Wire | None) -> PaymentFacts:
        found = real(self, session, intent)
        sums = accumulate(each.amount_cents for each in found.refunds)
        return replace(
            found,
            refunds=tuple(replace(each, amount_cents=cents) for each, cents in zip(found.refunds, sums, strict=True)),
        )

    stack.enter_context(patch.object(StripeCheckouts, "_facts", facts))


def no_unique(stack: ExitStack) -> None:
    """Nobody looks what is posted already, and no source has to be unique."""
    real_missing, real_post, numbers = rules.missing, ledger.post, count(1)

    def missing(posted: Any, **facts: Any) -> Any:
        return real_missing((), **facts)

    def post(session: Any, found: Any, **about: Any) -> None:
        known = set(session.execute(select(movements.c.source)).scalars())
        renamed = [
            replace(each, source=f"{each.source}#{next(numbers)}") if each.source in known else each for each in found
        ]
        real_post(session, renamed, **about)

    stack.enter_context(patch.object(reversals, "missing", missing))
    stack.enter_context(patch.object(ledger, "post", post))


def drop_overpay(stack: ExitStack) -> None:
    """Money beyond what is open is forgotten instead of kept as account credit."""
    real = ledger_actions.post_payment

    def post(session: Any, account: Any, received: Any, quote: Any, **about: Any) -> int:
        wanted = {line.charge_id for line in quote}
        today = about["policy"].today
        opens = sum(row.open_cents for row in charges.open_on(session, account.id, today) if row.id in wanted)
        kept = max(1, min(received.amount_cents, opens))
        return real(session, account, replace(received, amount_cents=kept), quote, **about)

    stack.enter_context(patch.object(payments, "post_payment", post))


def ignore_refund_failed(stack: ExitStack) -> None:
    """A refund that failed, or was called off, is taken for one that went through."""
    real = stripe_news.refund_fact
    stack.enter_context(patch.object(stripe_news, "refund_fact", lambda *given: real(*given)._replace(is_live=True)))


def no_active_index(stack: ExitStack) -> None:
    """Nobody sees who else has a charge, and the database does not mind two."""
    real = attempts.add

    def add(session: Any, *given: Any) -> int:
        session.execute(text("DROP INDEX IF EXISTS uq_attempt_charges_active_charge"))
        return real(session, *given)

    stack.enter_context(patch.object(attempts, "add", add))
    stack.enter_context(patch.object(attempts, "holding", lambda session, charge_ids: ()))


def no_last_look(stack: ExitStack) -> None:
    """An older page is not ended at Stripe before a new one opens: this is where an old claim meets a new one."""

    def end(resources: Resources, attempt: Any, *, now: Any) -> None:
        with resources.writing() as session:
            if attempts.change(session, attempt, state="expired", ended_at=now):
                attempts.let_go(session, attempt.id)

    stack.enter_context(patch.object(checkouts, "end", end))


def new_key_on_retry(stack: ExitStack) -> None:
    """Each try to open a page has a key of its own, so that an answer that was lost is a second page."""
    real, numbers = checkouts._create, count(1)

    def create(stripe: Any, order: Any, *, key: str) -> Any:
        return real(stripe, order, key=f"{key}-{next(numbers)}")

    stack.enter_context(patch.object(checkouts, "_create", create))


def discount_by_payment_time(stack: ExitStack) -> None:
    """The day of the payment decides, even where a page lived on from the day before."""
    stack.enter_context(
        patch.object(payments, "_discount_on", lambda attempt, charge, zone: local_day(charge.created_at, zone))
    )


def fee_without_pending_check(stack: ExitStack) -> None:
    """What a bank debit is under way for is asked for again. There are no late fees in this house yet: what must not
    be charged while it is pending is the invoice itself."""
    real = balance.parts
    stack.enter_context(
        patch.object(
            statements, "parts", lambda open_cents, **others: real(open_cents, **others | {"pending_cents": 0})
        )
    )


def clock_lost(stack: ExitStack) -> None:
    """What is left after a decision for the customer has no discount clock of its own: its days are over."""
    stack.enter_context(patch.object(dispute_decisions, "_clock", lambda *given, **about: None))


def credited_again(stack: ExitStack) -> None:
    """A second decision credits what the first one gave once more."""
    real = resolutions.resolve

    def resolve(lines: Sequence[Any], approved: Sequence[Any], **about: Any) -> Any:
        return real([replace(each, approved_net_cents=0, approved_tax_cents=0) for each in lines], approved, **about)

    stack.enter_context(patch.object(resolutions, "resolve", resolve))


def held_for_good(stack: ExitStack) -> None:
    """What was disputed stands still for ever, whatever became of the dispute."""
    stack.enter_context(patch.object(disputes, "OPEN", frozenset(disputes.STATES)))


MUTANTS: Mapping[str, Install] = {
    mutant.__name__: mutant
    for mutant in (
        per_object,
        ack_first,
        payload,
        cumulative,
        no_unique,
        drop_overpay,
        ignore_refund_failed,
        no_active_index,
        no_last_look,
        new_key_on_retry,
        discount_by_payment_time,
        fee_without_pending_check,
        clock_lost,
        credited_again,
        held_for_good,
        *CHARGING,
    )
}


def _read_by_events(stack: ExitStack, facts: Callable[[PaymentFacts, Sequence[Wire]], PaymentFacts]) -> None:
    """While events are handled, `facts` changes what was read of Stripe by what they carry, oldest first."""
    real_handle, real_facts = inbox_actions.handle, StripeCheckouts._facts

    def handle(resources: Resources, subject: str, *, now: Any) -> None:
        with resources.reading() as session:
            asked = select(inbox_table.c.body).where(inbox_table.c.subject == subject, inbox_table.c.state == "new")
            bodies = session.execute(asked.order_by(inbox_table.c.id)).scalars().all()
        token = _NAMED.set([json.loads(zlib.decompress(body))["data"]["object"] for body in bodies])
        try:
            real_handle(resources, subject, now=now)
        finally:
            _NAMED.reset(token)

    def read(self: StripeCheckouts, session: Wire | None, intent: Wire | None) -> PaymentFacts:
        found, named = real_facts(self, session, intent), _NAMED.get()
        return found if named is None else facts(found, named)

    stack.enter_context(patch.object(inbox_actions, "handle", handle))
    stack.enter_context(patch.object(StripeCheckouts, "_facts", read))

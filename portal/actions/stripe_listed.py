"""Stripe's lists of a time, and what they say should be posted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from portal.actions.stripe_news import in_currency
from portal.gateways import stripe_listing
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_values import BookedFacts, ChargeFacts, DisputeFacts, PaymentFacts, RefundFacts
from portal.records import Session, attempts, breaks, ledger
from portal.rules.reconciliation import Expected, Kind, nothing_held, still_held

# Stripe lists a payment by when it was begun; it may have been paid, and posted, a good while later.
_BEGUN_BEFORE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Listed:
    """Everything of the account since then, ours or not; intents by their id."""

    since: datetime
    intents: Mapping[str, PaymentFacts]
    refunds: tuple[RefundFacts, ...]
    disputes: tuple[DisputeFacts, ...]
    booked: tuple[BookedFacts, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What should be posted by Stripe's word, and amounts in cents of what is, by source."""

    expected: tuple[Expected, ...]
    posted: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Payment:
    """A payment of ours: its intent, and the currency that it is posted in."""

    intent_id: str
    currency: str


def read_listed(stripe: StripeCheckouts, *, since: datetime) -> Listed:
    """Read the lists to their ends. Raises StripeUnavailable or StripeRefused."""
    return Listed(
        since=since,
        intents={
            facts.intent.payment_intent_id: facts
            for facts in stripe_listing.intents(stripe, since=since - _BEGUN_BEFORE)
            if facts.intent is not None
        },
        refunds=tuple(stripe_listing.refunds(stripe, since=since)),
        disputes=tuple(stripe_listing.disputes(stripe, since=since)),
        booked=tuple(stripe_listing.balance_transactions(stripe, since=since)),
    )


def told_of_older(session: Session, listed: Listed) -> list[str]:
    """Payments of ours with bookings about refunds or disputes that are too old to be in the lists themselves."""
    known = {each.refund_id for each in listed.refunds} | {each.dispute_id for each in listed.disputes}
    missing = {each.source_id for each in listed.booked if each.source_id} - known
    return list(dict.fromkeys(breaks.intents_of(session, sorted(missing)).values()))


def with_whole(listed: Listed, payments: Iterable[PaymentFacts]) -> Listed:
    """The lists with all refunds and disputes of these payments."""
    refunds = {each.refund_id: each for each in listed.refunds}
    disputes = {each.dispute_id: each for each in listed.disputes}
    for facts in payments:
        refunds |= {each.refund_id: each for each in facts.refunds}
        disputes |= {each.dispute_id: each for each in facts.disputes}
    return replace(listed, refunds=tuple(refunds.values()), disputes=tuple(disputes.values()))


def seen(listed: Listed) -> set[str]:
    """The subjects that the lists tell all about. What is older than they go back is not among them."""
    booked = [each.balance_transaction_id for each in listed.booked]
    return {
        *(f"payment {intent_id}" for intent_id in listed.intents),
        *(f"refund {each.refund_id}" for each in listed.refunds if each.created_at >= listed.since),
        *(f"dispute {each.dispute_id}" for each in listed.disputes if each.created_at >= listed.since),
        *(f"fee {each}" for each in booked),
        *(f"booking {each}" for each in booked),
    }


def at_stripe(payments: Iterable[PaymentFacts], booked: Iterable[BookedFacts] = ()) -> set[str]:
    """Every source that Stripe knows of, as `rules.reconciliation.object_of` names them."""
    found = {f"{kind}:{each.balance_transaction_id}" for each in booked for kind in ("stripe", "fee")}
    for facts in payments:
        if facts.charge is not None:
            found |= {f"stripe:{facts.charge.charge_id}", f"fee:{facts.charge.balance_transaction_id}"}
        for refund in facts.refunds:
            found.add(f"stripe:{refund.refund_id}")
            found |= {f"fee:{each.balance_transaction_id}" for each in refund.bookings}
            if refund.status in ("failed", "canceled"):
                found.add(f"stripe:{refund.refund_id}/failed")
        for dispute in facts.disputes:
            found.add(f"stripe:{dispute.dispute_id}")
            found |= {
                f"{kind}:{each.balance_transaction_id}" for each in dispute.movements for kind in ("stripe", "fee")
            }
    return found


def compare(session: Session, listed: Listed, *, instance: str) -> Compared:
    """What should be posted of the payments that are ours, by what we asked for or by what they say themselves."""
    currencies = attempts.known_intents(session)
    received = [
        _received(intent_id, facts.charge, currencies.get(intent_id))
        for intent_id, facts in listed.intents.items()
        if facts.charge is not None
        and facts.succeeded
        and (intent_id in currencies or _says_it_is_ours(facts, instance))
    ]
    # What cannot be posted at all is named once, not by each of its refunds and fees.
    intents = {each.source.removeprefix("stripe:"): each.payment for each in received if each.kind == "payment"}
    intents |= ledger.intents_by_charge(session)
    ours = {charge: _Payment(intent, currencies[intent]) for charge, intent in intents.items() if intent in currencies}
    refunds = [each for each in listed.refunds if each.charge_id in ours]
    disputes = [each for each in listed.disputes if each.charge_id in ours]
    is_refunded = ledger.posted(session, [f"stripe:{each.refund_id}" for each in refunds])
    expected = (
        *received,
        *(found for each in refunds for found in _of_refund(each, ours[each.charge_id], is_refunded)),
        *(found for each in disputes for found in _of_dispute(each, ours[each.charge_id])),
        *_of_bookings(listed, ours),
    )
    posted = ledger.posted(session, [each.source for each in expected])
    held = breaks.held(session, {each.charge_id for each in disputes})
    for each in disputes:
        posted |= still_held(each.dispute_id, [moved.balance_transaction_id for moved in each.movements], held)
    return Compared(expected, posted)


def _says_it_is_ours(facts: PaymentFacts, instance: str) -> bool:
    return facts.intent is not None and facts.intent.metadata.get("instance") == instance


def _received(intent_id: str, charge: ChargeFacts, currency: str | None) -> Expected:
    """`currency` is what was asked for; None where no attempt has this intent."""
    kind: Kind = "payment"
    if currency is None:
        kind = "unknown"
    elif currency != charge.currency:
        kind = "currency"
    # What cannot be posted and was given back is no longer anybody's money.
    is_gone = kind != "payment" and charge.refunded_cents >= charge.captured_cents
    amount_cents = None if is_gone else charge.captured_cents
    return Expected(
        f"stripe:{charge.charge_id}", amount_cents, kind, f"payment {intent_id}", charge.currency, intent_id
    )


def _of_refund(refund: RefundFacts, payment: _Payment, posted: Mapping[str, int]) -> Iterator[Expected]:
    source, subject = f"stripe:{refund.refund_id}", f"refund {refund.refund_id}"
    if refund.status in ("failed", "canceled"):
        if source not in posted:
            # It came to nothing before anybody heard of it.
            return
        source = f"{source}/failed"
    yield Expected(source, refund.amount_cents, "refund", subject, refund.currency, payment.intent_id)


def _of_dispute(dispute: DisputeFacts, payment: _Payment) -> Iterator[Expected]:
    subject = f"dispute {dispute.dispute_id}"
    for moved in dispute.movements:
        cents = abs(in_currency(moved, dispute, payment.currency))
        if cents:
            source = f"stripe:{moved.balance_transaction_id}"
            yield Expected(source, cents, "dispute", subject, payment.currency, payment.intent_id)
    end = nothing_held(dispute.dispute_id, dispute.status, currency=payment.currency, payment=payment.intent_id)
    if end is not None:
        yield end


def _of_bookings(listed: Listed, ours: Mapping[str, _Payment]) -> Iterator[Expected]:
    """Fees, and whether Stripe's own books are worth what its objects say."""
    charges = {each.refund_id: each.charge_id for each in listed.refunds}
    disputes = {each.dispute_id for each in listed.disputes}
    charges |= {each.dispute_id: each.charge_id for each in listed.disputes}
    for each in listed.booked:
        source_id = each.source_id or ""
        payment = ours.get(charges.get(source_id, source_id))
        if payment is None:
            continue
        transaction, intent_id = each.balance_transaction_id, payment.intent_id
        if each.fee_cents:
            fee, subject = f"fee:{transaction}", f"fee {transaction}"
            yield Expected(fee, abs(each.fee_cents), "fee", subject, each.currency, intent_id)
        if each.currency != payment.currency:
            # Converted at a rate of Stripe's own: nothing here says what it should be worth.
            continue
        booked = f"stripe:{transaction}" if source_id in disputes else f"stripe:{source_id}"
        if each.type == "refund_failure":
            booked += "/failed"
        yield Expected(booked, abs(each.amount_cents), "booking", f"booking {transaction}", each.currency, intent_id)

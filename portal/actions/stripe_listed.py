"""Stripe's lists of a time, and what they say should be posted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.gateways import stripe_listing
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_values import BookedFacts, ChargeFacts, DisputeFacts, PaymentFacts, RefundFacts
from portal.records import Session, attempts, ledger, reversals
from portal.rules.reconciliation import Expected, Kind


@dataclass(frozen=True, slots=True)
class Listed:
    """Everything of the account since then, ours or not; intents by their id."""

    since: datetime
    intents: Mapping[str, PaymentFacts]
    refunds: tuple[RefundFacts, ...]
    disputes: tuple[DisputeFacts, ...]
    booked: tuple[BookedFacts, ...]


def read_listed(stripe: StripeCheckouts, *, since: datetime) -> Listed:
    """Read the lists to their ends. Raises StripeUnavailable or StripeRefused."""
    return Listed(
        since=since,
        intents={
            facts.intent.payment_intent_id: facts
            for facts in stripe_listing.intents(stripe, since=since)
            if facts.intent is not None
        },
        refunds=tuple(stripe_listing.refunds(stripe, since=since)),
        disputes=tuple(stripe_listing.disputes(stripe, since=since)),
        booked=tuple(stripe_listing.balance_transactions(stripe, since=since)),
    )


def expectations(session: Session, listed: Listed, *, instance: str) -> list[Expected]:
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
    charges = {each.source.removeprefix("stripe:"): each.payment for each in received if each.kind == "payment"}
    charges |= ledger.intents_by_charge(session)
    return [
        *received,
        *_of_refunds(session, listed, charges),
        *_of_disputes(session, listed, charges),
        *_of_bookings(listed, charges),
    ]


def _says_it_is_ours(facts: PaymentFacts, instance: str) -> bool:
    return facts.intent is not None and facts.intent.metadata.get("instance") == instance


def _received(intent_id: str, charge: ChargeFacts, currency: str | None) -> Expected:
    """`currency` is what was asked for; None where no attempt has this intent."""
    kind: Kind = "payment"
    if currency is None:
        kind = "unknown"
    elif currency != charge.currency:
        kind = "currency"
    source, subject = f"stripe:{charge.charge_id}", f"payment {intent_id}"
    return Expected(source, charge.captured_cents, kind, subject, charge.currency, intent_id)


def _of_refunds(session: Session, listed: Listed, charges: Mapping[str, str]) -> Iterator[Expected]:
    posted = ledger.posted(session, [f"stripe:{each.refund_id}" for each in listed.refunds])
    for each in listed.refunds:
        intent_id = charges.get(each.charge_id)
        if intent_id is None:
            continue
        source, subject = f"stripe:{each.refund_id}", f"refund {each.refund_id}"
        if each.status not in ("failed", "canceled"):
            yield Expected(source, each.amount_cents, "refund", subject, each.currency, intent_id)
        elif source in posted:
            yield Expected(f"{source}/failed", each.amount_cents, "refund", subject, each.currency, intent_id)


def _of_disputes(session: Session, listed: Listed, charges: Mapping[str, str]) -> Iterator[Expected]:
    for each in listed.disputes:
        intent_id = charges.get(each.charge_id)
        if intent_id is None:
            continue
        lost = reversals.lost_cents(session, each.dispute_id)
        held = -sum(moved.amount_cents for moved in each.movements)
        subject = f"dispute {each.dispute_id}"
        for moved in each.movements:
            source = f"stripe:{moved.balance_transaction_id}"
            yield Expected(source, abs(moved.amount_cents), "dispute", subject, moved.currency, intent_id)
        if (each.status == "lost" and lost < held) or (each.status == "won" and lost > 0):
            # Its verdict has no source of its own to look for: none is there, one should be.
            verdict = f"stripe:{each.dispute_id}/{each.status}"
            yield Expected(verdict, max(held, lost), "dispute", subject, each.currency, intent_id)


def _of_bookings(listed: Listed, charges: Mapping[str, str]) -> Iterator[Expected]:
    """Fees, and whether Stripe's own books are worth what its objects say."""
    refunds = {each.refund_id: charges.get(each.charge_id) for each in listed.refunds}
    disputes = {each.dispute_id: charges.get(each.charge_id) for each in listed.disputes}
    for each in listed.booked:
        source_id = each.source_id or ""
        intent_id = charges.get(source_id) or refunds.get(source_id) or disputes.get(source_id)
        if intent_id is None:
            continue
        transaction = each.balance_transaction_id
        if each.fee_cents and source_id not in refunds:
            fee, subject = f"fee:{transaction}", f"fee {transaction}"
            yield Expected(fee, abs(each.fee_cents), "fee", subject, each.currency, intent_id)
        booked = f"stripe:{transaction}" if source_id in disputes else f"stripe:{source_id}"
        if each.type == "refund_failure":
            booked += "/failed"
        yield Expected(booked, abs(each.amount_cents), "booking", f"booking {transaction}", each.currency, intent_id)

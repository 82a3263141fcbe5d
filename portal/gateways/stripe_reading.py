"""Stripe's objects, as plain dictionaries, read into our values. A field that must be there and is not is a
bug and raises KeyError; one that Stripe may leave out is None."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from portal.gateways.stripe_saved_values import MandateFacts, MethodFacts, SetupFacts
from portal.gateways.stripe_values import (
    BookedFacts,
    ChargeFacts,
    CheckoutFacts,
    DisputeFacts,
    DisputeMovement,
    IntentFacts,
    RefundFacts,
)

Wire = Mapping[str, Any]


def checkout_facts(checkout: Wire) -> CheckoutFacts:
    """A Checkout Session: https://docs.stripe.com/api/checkout/sessions/object"""
    return CheckoutFacts(
        checkout_id=checkout["id"],
        status=checkout["status"],
        payment_status=checkout["payment_status"],
        url=checkout.get("url"),
        reference=checkout.get("client_reference_id"),
        amount_cents=checkout["amount_total"],
        currency=checkout["currency"],
        metadata=dict(checkout.get("metadata") or {}),
        livemode=checkout["livemode"],
        created_at=_moment(checkout["created"]),
        expires_at=_moment(checkout["expires_at"]),
    )


def intent_facts(intent: Wire) -> IntentFacts:
    """A PaymentIntent, with no error where the last try left none: https://docs.stripe.com/api/payment_intents/object"""
    error = intent.get("last_payment_error") or {}
    return IntentFacts(
        payment_intent_id=intent["id"],
        status=intent["status"],
        amount_cents=intent["amount"],
        received_cents=intent["amount_received"],
        currency=intent["currency"],
        metadata=dict(intent.get("metadata") or {}),
        livemode=intent["livemode"],
        created_at=_moment(intent["created"]),
        error_code=error.get("code"),
        decline_code=error.get("decline_code"),
        error_message=error.get("message"),
        # A failed try takes the method off the intent, and leaves it in its error.
        payment_method_id=_id_of(intent.get("payment_method")) or _id_of(error.get("payment_method")),
        customer_id=_id_of(intent.get("customer")),
        next_url=((intent.get("next_action") or {}).get("redirect_to_url") or {}).get("url"),
    )


def charge_facts(charge: Wire) -> ChargeFacts:
    """`charge.balance_transaction` must be expanded, or null: Stripe may book a charge an hour later."""
    booked = charge.get("balance_transaction") or {}
    details = charge.get("payment_method_details") or {}
    kind = details.get("type", "")
    shown = details.get(kind) or {}
    return ChargeFacts(
        charge_id=charge["id"],
        status=charge["status"],
        amount_cents=charge["amount"],
        captured_cents=charge["amount_captured"],
        refunded_cents=charge["amount_refunded"],
        currency=charge["currency"],
        created_at=_moment(charge["created"]),
        method_type=kind,
        method_name=shown.get("brand") or shown.get("bank_name"),
        last4=shown.get("last4"),
        failure_code=charge.get("failure_code"),
        failure_message=charge.get("failure_message"),
        balance_transaction_id=booked.get("id"),
        booked_at=_moment(booked["created"]) if booked else None,
        fee_cents=booked.get("fee"),
        fee_currency=booked.get("currency"),
        payment_method_id=_id_of(charge.get("payment_method")),
        mandate_id=_id_of(shown.get("mandate")),
    )


def refund_facts(refund: Wire) -> RefundFacts:
    """A Refund of a charge, with its bookings where they are expanded: https://docs.stripe.com/api/refunds/object"""
    taken, back = (_expanded(refund.get(name)) for name in ("balance_transaction", "failure_balance_transaction"))
    return RefundFacts(
        refund_id=refund["id"],
        charge_id=refund["charge"],
        payment_intent_id=refund.get("payment_intent"),
        # Stripe's type allows null; a refund that has not said otherwise has not gone through.
        status=refund.get("status") or "pending",
        amount_cents=refund["amount"],
        currency=refund["currency"],
        created_at=_moment(refund["created"]),
        reason=refund.get("reason"),
        failure_reason=refund.get("failure_reason"),
        metadata=dict(refund.get("metadata") or {}),
        failed_at=_moment(back["created"]) if back else None,
        bookings=tuple(_movement(each) for each in (taken, back) if each),
    )


def dispute_facts(dispute: Wire) -> DisputeFacts:
    """A Dispute, with the none to two movements it has made: https://docs.stripe.com/api/disputes/object"""
    # Zero or null where the bank takes no answer.
    answer_by = dispute["evidence_details"].get("due_by")
    return DisputeFacts(
        dispute_id=dispute["id"],
        charge_id=dispute["charge"],
        payment_intent_id=dispute.get("payment_intent"),
        status=dispute["status"],
        reason=dispute["reason"],
        amount_cents=dispute["amount"],
        currency=dispute["currency"],
        created_at=_moment(dispute["created"]),
        answer_by=_moment(answer_by) if answer_by else None,
        movements=tuple(_movement(each) for each in dispute["balance_transactions"]),
    )


def booked_facts(booked: Wire) -> BookedFacts:
    """A Balance Transaction: https://docs.stripe.com/api/balance_transactions/object"""
    return BookedFacts(
        balance_transaction_id=booked["id"],
        type=booked["type"],
        source_id=booked.get("source"),
        amount_cents=booked["amount"],
        fee_cents=booked["fee"],
        currency=booked["currency"],
        created_at=_moment(booked["created"]),
    )


def setup_facts(checkout: Wire) -> SetupFacts:
    """A Checkout Session in mode setup, its `setup_intent` expanded: https://docs.stripe.com/api/setup_intents/object"""
    setup = _expanded(checkout.get("setup_intent")) or {}
    return SetupFacts(
        checkout_id=checkout["id"],
        status=checkout["status"],
        setup_intent_id=setup.get("id"),
        setup_status=setup.get("status"),
        payment_method_id=_id_of(setup.get("payment_method")),
        mandate_id=_id_of(setup.get("mandate")),
        customer_id=_id_of(checkout.get("customer")),
        metadata=dict(checkout.get("metadata") or {}),
        reference=checkout.get("client_reference_id"),
    )


def method_facts(method: Wire) -> MethodFacts:
    """A PaymentMethod: https://docs.stripe.com/api/payment_methods/object"""
    kind = method["type"]
    shown = method[kind]
    return MethodFacts(
        payment_method_id=method["id"],
        kind=kind,
        name=shown.get("brand") or shown.get("bank_name"),
        last4=shown.get("last4"),
        exp_month=shown.get("exp_month"),
        exp_year=shown.get("exp_year"),
        customer_id=_id_of(method.get("customer")),
        fingerprint=shown.get("fingerprint"),
    )


def mandate_facts(mandate: Wire) -> MandateFacts:
    """A Mandate: https://docs.stripe.com/api/mandates/object"""
    method = mandate["payment_method"]
    return MandateFacts(
        mandate_id=mandate["id"],
        status=mandate["status"],
        payment_method_id=method if isinstance(method, str) else method["id"],
    )


def _movement(booked: Wire) -> DisputeMovement:
    return DisputeMovement(
        balance_transaction_id=booked["id"],
        amount_cents=booked["amount"],
        fee_cents=booked["fee"],
        currency=booked["currency"],
        created_at=_moment(booked["created"]),
    )


def _id_of(found: object) -> str | None:
    """Of an id, or of an object in its place."""
    found = found["id"] if isinstance(found, Mapping) else found
    return found if isinstance(found, str) else None


def _expanded(found: object) -> Wire | None:
    return found if isinstance(found, Mapping) else None


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)

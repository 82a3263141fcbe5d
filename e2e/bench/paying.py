"""Customers who have just paid one invoice by card, with its discount, and what Stripe would tell of it.

The stand-in for Stripe takes longer to answer than the portal to post. In its place `Answers` tells the facts from
memory, as the gateway hands them over, and counts how often it is asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from e2e.bench.books import as_csv
from portal.actions.imports import import_file
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_values import ChargeFacts, CheckoutFacts, IntentFacts, PaymentFacts
from portal.records import accounts, attempts, charges
from portal.resources import Resources

_OPEN_INVOICES = 4
_AMOUNT_CENTS, _DISCOUNT_CENTS, _FEE_CENTS = 123_450, 2_469, 3_538
_PAID_CENTS = _AMOUNT_CENTS - _DISCOUNT_CENTS


@dataclass(frozen=True, slots=True)
class Payer:
    """A payment that Stripe has received and the portal has not heard of; the ids are Stripe's."""

    attempt_id: int
    checkout_id: str
    payment_intent_id: str
    facts: PaymentFacts


class Answers:
    """What reads payments, in place of `StripeCheckouts`; `reads` is how often it did."""

    def __init__(self, payers: Iterable[Payer]) -> None:
        self._facts: Mapping[str, PaymentFacts] = {
            stripe_id: payer.facts for payer in payers for stripe_id in (payer.checkout_id, payer.payment_intent_id)
        }
        self.reads = 0

    def read_payment(self, checkout_id: str) -> PaymentFacts:
        self.reads += 1
        return self._facts[checkout_id]

    read_payment_by_intent = read_payment

    def behind(self, resources: Resources) -> Resources:
        return replace(resources, stripe=cast(StripeCheckouts, self))


def add_payers(resources: Resources, count: int, *, now: datetime) -> list[Payer]:
    """So many customers, each with four open invoices, who were quoted the first of them with 2 % off just now."""
    issued_on = (now - timedelta(days=3)).date()
    rows = [
        (
            f"Customer {payer}", f"C-{payer}", f"ap@c{payer}.example", f"{payer}-{place}", issued_on.isoformat(),
            "2/10 net 30", "Rope, 12 mm", f"{_AMOUNT_CENTS / 100:.2f}", "",
        )
        for payer in range(count) for place in range(_OPEN_INVOICES)
    ]  # fmt: skip
    report = import_file(resources, as_csv(rows), file_name="open.csv", now=now)
    assert report.invoices == len(rows), report.problems
    with resources.writing() as session:
        added = []
        for number, account in enumerate(accounts.all_accounts(session)):
            contact = accounts.contacts_of(session, account.id)[0]
            charge = charges.open_on(session, account.id, now.date())[0]
            values: dict[str, object] = {
                "account_id": account.id, "contact_id": contact.id, "method": "card", "state": "open",
                "amount_cents": _PAID_CENTS, "currency": "usd", "quoted_at": now, "created_at": now,
                "honoured_until": now + timedelta(hours=1), "checkout_expires_at": now + timedelta(hours=1),
                "checkout_id": f"cs_{number:032}", "checkout_url": f"https://checkout.stripe.com/c/pay/cs_{number:032}",
            }  # fmt: skip
            line: dict[str, object] = {
                "charge_id": charge.id, "pay_cents": _PAID_CENTS, "discount_cents": _DISCOUNT_CENTS, "credit_cents": 0,
            }  # fmt: skip
            added.append(attempts.add(session, values, [line]))
    return [payer(attempt_id, number, now) for number, attempt_id in enumerate(added)]


def payer(attempt_id: int, number: int, now: datetime) -> Payer:
    """The one of this number, counted from 0."""
    return Payer(attempt_id, f"cs_{number:032}", f"pi_{number:024}", _facts(number, now))


def _facts(number: int, now: datetime) -> PaymentFacts:
    """Paid by card and booked, with the fee known."""
    return PaymentFacts(
        checkout=CheckoutFacts(
            checkout_id=f"cs_{number:032}", status="complete", payment_status="paid", url=None, reference=None,
            amount_cents=_PAID_CENTS, currency="usd", metadata={}, livemode=False, created_at=now,
            expires_at=now + timedelta(hours=1),
        ),
        intent=IntentFacts(
            payment_intent_id=f"pi_{number:024}", status="succeeded", amount_cents=_PAID_CENTS,
            received_cents=_PAID_CENTS, currency="usd", metadata={}, livemode=False, created_at=now,
            error_code=None, decline_code=None, error_message=None,
        ),
        charge=ChargeFacts(
            charge_id=f"ch_{number:024}", status="succeeded", amount_cents=_PAID_CENTS, captured_cents=_PAID_CENTS,
            refunded_cents=0, currency="usd", created_at=now, method_type="card", method_name="visa", last4="4242",
            failure_code=None, failure_message=None, balance_transaction_id=f"txn_{number:024}", booked_at=now,
            fee_cents=_FEE_CENTS, fee_currency="usd",
        ),
    )  # fmt: skip

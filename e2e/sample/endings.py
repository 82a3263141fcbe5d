"""One customer whose payments have come to every kind of end, to be looked at: refunded in part, disputed with the
card's bank, returned by the bank, and paid by a cheque that was too large."""

from datetime import datetime
from typing import NamedTuple

from e2e.sample.company import COBALT
from e2e.sample.customers import account_of, pay
from e2e.stripe import StripeWorld
from portal.actions import manual_payments, payments, policies
from portal.actions.manual_payments import Recorded
from portal.records import charges
from portal.records.attempts import AttemptRow
from portal.resources import Resources


class Gone(NamedTuple):
    """Payments that something will become of."""

    refunded: AttemptRow
    disputed: AttemptRow
    returned: AttemptRow


def begin(resources: Resources, world: StripeWorld, *, now: datetime) -> Gone:
    """Pay three invoices."""
    return Gone(
        refunded=pay(resources, world, COBALT, "INV-2053", "card", now=now),
        disputed=pay(resources, world, COBALT, "INV-2057", "card", now=now),
        returned=pay(resources, world, COBALT, "INV-2062", "us_bank_account", now=now),
    )


def end(resources: Resources, world: StripeWorld, gone: Gone, *, now: datetime) -> None:
    """What the seller, the card's bank and the customer's bank do with them."""
    world.refund(_intent(gone.refunded), 10_800)
    world.dispute(_intent(gone.disputed))
    world.settle_bank(_intent(gone.returned))
    payments.sync_payment(resources, gone.returned.id, now=now)
    world.dispute(_intent(gone.returned), "insufficient_funds")
    for attempt in gone:
        payments.sync_payment(resources, attempt.id, now=now)
    _send_a_cheque(resources, now=now)


def _send_a_cheque(resources: Resources, *, now: datetime) -> None:
    """For one invoice of 756.00: the rest waits as credit."""
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        account = account_of(session, COBALT)
        charge_id = charges.id_of_number(session, account.id, "INV-2070")
        assert charge_id is not None
        cheque = Recorded("cheque", 80_000, policy.today, policy.today, "4471", charge_ids=[charge_id])
        manual_payments.record(session, account, cheque, policy=policy, now=now, actor="sample")


def _intent(attempt: AttemptRow) -> str:
    assert attempt.payment_intent_id is not None
    return attempt.payment_intent_id

"""Who is told of money that comes back: the customer whose balance changes, and the seller who may have to act."""

from datetime import datetime

from portal.actions import letters
from portal.records import Session
from portal.records.ledger import PaymentRow
from portal.records.reversals import RefundRow


def tell_of_refund(session: Session, payment: PaymentRow, refund: RefundRow, *, reopens: bool, now: datetime) -> None:
    """The customer of each refund; the seller of one made in Stripe's dashboard that opened invoices again."""
    letters.stage_to_customer(session, "refund", f"refund:{refund.id}", payment, now=now, refund_id=refund.id)
    if reopens and refund.asked_by == "stripe":
        letters.stage_to_seller(
            session, "seller_refund", f"seller_refund:{refund.id}", payment.account_id, now=now,
            payment_id=payment.id, refund_id=refund.id,
        )  # fmt: skip


def tell_of_failed_refund(session: Session, payment: PaymentRow, refund: RefundRow, *, now: datetime) -> None:
    """Both: the money did not arrive, and somebody must find another way."""
    key = f"refund_failed:{refund.id}"
    letters.stage_to_customer(session, "refund_failed", key, payment, now=now, refund_id=refund.id)
    letters.stage_to_seller(
        session, "seller_refund_failed", f"seller_{key}", payment.account_id, now=now,
        payment_id=payment.id, refund_id=refund.id,
    )  # fmt: skip


def tell_of_return(session: Session, payment: PaymentRow, chargeback_id: int, *, times: int, now: datetime) -> None:
    """The customer: the invoices are open again. The seller is told of the dispute itself."""
    key = f"returned:{chargeback_id}:{times}"
    letters.stage_to_customer(session, "returned", key, payment, now=now, chargeback_id=chargeback_id)


def tell_of_reinstatement(
    session: Session, payment: PaymentRow, chargeback_id: int, *, times: int, now: datetime
) -> None:
    """The customer: the payment stands after all."""
    key = f"restored:{chargeback_id}:{times}"
    letters.stage_to_customer(session, "restored", key, payment, now=now, chargeback_id=chargeback_id)


def tell_seller_of_dispute(
    session: Session, payment: PaymentRow, chargeback_id: int, status: str, *, now: datetime
) -> None:
    """The seller, whenever its state changes: there may be an answer to give by a day."""
    # The same state may come again after an appeal.
    key = f"seller_dispute:{chargeback_id}:{status}:{now.isoformat()}"
    letters.stage_to_seller(
        session, "seller_dispute", key, payment.account_id, now=now,
        payment_id=payment.id, chargeback_id=chargeback_id,
    )  # fmt: skip

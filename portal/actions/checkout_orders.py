"""What Stripe's page is to collect and to show: an attempt as an order, line by line."""

from portal.gateways.stripe_values import CheckoutLine, CheckoutOrder
from portal.records import Session, accounts, attempts
from portal.records.accounts import AccountRow
from portal.records.attempts import AttemptRow, QuotedRow
from portal.settings import Settings
from portal.templating import format_money


def order(session: Session, settings: Settings, attempt: AttemptRow) -> CheckoutOrder:
    """The order of an attempt, which always is the same."""
    account = accounts.by_id(session, attempt.account_id)
    base = f"{settings.base_url}/a/{account.public_id}"
    return CheckoutOrder(
        reference=attempt.public_id,
        metadata={"instance": settings.instance, "attempt": attempt.public_id},
        currency=attempt.currency,
        lines=tuple(_line(account, each) for each in attempts.quoted(session, attempt.id) if each.pay_cents),
        method=attempt.method,  # type: ignore[arg-type]
        customer_email=accounts.email_of(session, attempt.contact_id) if attempt.contact_id else None,
        success_url=f"{base}/payments/{attempt.public_id}",
        cancel_url=f"{base}/payments/{attempt.public_id}",
        expires_at=attempt.checkout_expires_at,
    )


def _line(account: AccountRow, quoted: QuotedRow) -> CheckoutLine:
    includes = [
        f"{what} of {format_money(cents, account.currency, 'en_US')}"
        for what, cents in (("an early-payment discount", quoted.discount_cents), ("your credit", quoted.credit_cents))
        if cents
    ]
    return CheckoutLine(
        name=f"Invoice {quoted.number}",
        description=f"Less {' and '.join(includes)}" if includes else None,
        amount_cents=quoted.pay_cents,
    )

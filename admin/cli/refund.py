"""`portal refund`: money given back, through Stripe where it came through Stripe, else by the owner's own means.

Exit code 0 where Stripe has not answered yet: the worker goes on with it. 1 where it was refused.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from portal.rules.refusals import Refusal

if TYPE_CHECKING:
    from portal.records.ledger import PaymentRow
    from portal.records.reversals import RefundRow

_FLAGS = {
    "covers": "Add --reopen to open it again, or --credit-memo to keep it paid.",
    "despite_return": "If you do, add --despite-return.",
}


def refund(
    payment: Annotated[str, typer.Argument(metavar="PAYMENT", help="The payment's number, such as R-00012.")],
    amount: Annotated[str | None, typer.Option("--amount", help="How much; else all that is left of it.")] = None,
    reopen: Annotated[bool, typer.Option("--reopen", help="What it had paid is open again.")] = False,
    credit_memo: Annotated[
        bool, typer.Option("--credit-memo", help="What it had paid stays paid, by a credit memo.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; a credit memo says it.")] = "",
    despite_return: Annotated[
        bool, typer.Option("--despite-return", help="Give a bank debit back that the bank may return as well.")
    ] = False,
) -> None:
    """Give a payment, or a part of it, back to the customer."""
    from admin.cli.opening import opened
    from admin.cli.payments_found import amount_of, one_payment
    from admin.cli.payments_told import after
    from portal.actions import policies, refunds
    from portal.records import accounts

    if reopen and credit_memo:
        raise Refusal("Choose one of --reopen and --credit-memo.")
    with opened(online=True) as resources:
        now = resources.clock()
        with resources.reading() as session:
            found = one_payment(session, payment)
            account = accounts.by_id(session, found.account_id)
        if found.stripe_charge_id is not None and resources.stripe is None:
            raise Refusal("This payment came through Stripe, and no key for it is set. Set PORTAL_STRIPE_SECRET_KEY.")
        wish = refunds.Wish(
            amount_cents=amount_of(amount, found.currency),
            covers=credit_memo if reopen or credit_memo else None,
            reason=reason.strip(),
            despite_return=despite_return,
        )
        try:
            row = refunds.refund(resources, found, wish, now=now, actor="cli")
        except Refusal as refusal:
            if refusal.field not in _FLAGS:
                raise
            raise Refusal(f"{refusal.sentence}\n{_FLAGS[refusal.field]}") from None
        said = _what_became(found, row)
        with resources.reading() as session:
            lines = after(session, account, found, policy=policies.load(session, now=now))
    typer.echo(said)
    typer.echo("\n".join(lines))


def _what_became(payment: "PaymentRow", row: "RefundRow") -> str:
    """In a sentence; a Refusal where nothing was given back."""
    from portal.rules.money import words
    from portal.views.receipts import receipt_number

    amount, number = words(row.amount_cents, payment.currency), receipt_number(payment)
    if row.state in ("refused", "failed"):
        reason = (row.failure or "it gives no reason").rstrip(".")
        raise Refusal(
            f"Stripe did not give back {amount} of {number}: {reason}. The books are as they were. Look at the payment "
            "in Stripe, or pay it back by other means."
        )
    if row.state == "created":
        return f"{number}: Stripe has not answered yet about {amount}. The worker goes on with it; do not ask again."
    if payment.stripe_charge_id is None:
        return f"{number}: {amount} is in the books as paid back. Pay it to the customer if you have not yet."
    if row.state == "pending":
        return f"{number}: {amount} is on its way back, Stripe says. If it does not arrive, you get a letter."
    return f"{number}: {amount} is given back, Stripe says"

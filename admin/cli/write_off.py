"""`portal write-off INVOICE`: giving up on what is owed. Money that comes for it after all is a recovery."""

from typing import Annotated

import typer

from portal.rules.refusals import Refusal


def write_off(
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="The invoice's number.")],
    amount: Annotated[str | None, typer.Option("--amount", help="How much; else all that is payable of it.")] = None,
    claim_tax: Annotated[
        bool, typer.Option("--claim-tax", help="Its tax part is claimed back from the tax office.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for your own books.")] = "",
) -> None:
    """Write off an invoice, or a part of it: the customer owes it no more."""
    from admin.cli.opening import opened
    from admin.cli.payments_found import amount_of, one_charge
    from admin.cli.payments_told import balance
    from portal.actions import policies, write_offs
    from portal.records import charges
    from portal.records import write_offs as records
    from portal.rules.money import words

    with opened() as resources, resources.writing() as session:
        now = resources.clock()
        policy = policies.load(session, now=now)
        account, charge_id = one_charge(session, invoice)
        tax_before = sum(each.tax_cents for each in records.given_up(session, [charge_id]))
        cents = amount_of(amount, account.currency)
        try:
            given_up = write_offs.write_off(
                session,
                account,
                charge_id,
                amount_cents=cents,
                claims_tax=claim_tax,
                reason=reason.strip(),
                policy=policy,
                now=now,
                actor="cli",
            )
        except Refusal as refusal:
            raise Refusal(
                f"{refusal.sentence} The rest is paid, written off, or a payment for it is under way."
            ) from None
        tax = sum(each.tax_cents for each in records.given_up(session, [charge_id])) - tax_before
        row = charges.by_id(session, charge_id, policy.today)
        line = balance(session, account, policy=policy)
    of_tax = f", {words(tax, account.currency)} of it tax" if claim_tax else ""
    left = words(row.open_cents, account.currency) if row.open_cents else "nothing"
    typer.echo(f"{row.number} of {account.name}: {words(given_up, account.currency)} written off{of_tax}")
    typer.echo(f"  {row.number:<16} {left:>14} is open")
    typer.echo(line)

"""`portal account CUSTOMER`: what a customer owes on a day, for people or, with --json, for programs."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from portal.actions.account_report import AccountReport


def account(
    customer: Annotated[str, typer.Argument(help="A customer's number, e-mail address or exact name.")],
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day to look at, such as 2026-03-31; else today.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: whole cents and ISO dates.")] = False,
) -> None:
    """Show a customer's balance, its parts, and the open invoices."""
    from admin.cli.customers import one_account
    from admin.cli.opening import opened
    from portal.actions import policies
    from portal.actions.account_report import account_report, as_plain_data
    from portal.rules.dates import parse_date

    day = parse_date(on) if on else None
    with opened() as resources, resources.reading() as session:
        policy = policies.load(session, now=resources.clock(), today=day)
        report = account_report(session, one_account(session, customer), on=policy.today, policy=policy)
    if as_json:
        typer.echo(json.dumps(as_plain_data(report), indent=2, ensure_ascii=False))
    else:
        _print(report)


def _print(report: "AccountReport") -> None:
    from portal.rules.money import words

    def money(cents: int) -> str:
        return words(cents, report.currency.lower())

    typer.echo(f"{report.customer} on {report.on.isoformat()}")
    typer.echo(f"  balance         {money(report.balance_cents):>16}")
    parts = {
        "payable": report.payable_cents,
        "pending": report.pending_cents,
        "disputed": report.disputed_cents,
        "on plan": report.on_plan_cents,
        "account credit": report.credit_cents,
    }
    for name, cents in parts.items():
        if cents or name == "payable":
            typer.echo(f"  {name:<15} {money(cents):>16}")
    for charge in report.charges:
        discount = f", or {money(charge.pay_cents)} until {charge.discount_until}" if charge.discount_cents else ""
        typer.echo(f"  {charge.number:<16} due {charge.due_on.isoformat()}  open {money(charge.open_cents)}{discount}")

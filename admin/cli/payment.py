"""`portal payment`: cheques, wires and cash: recorded, put on invoices, taken off them again, returned, listed."""

from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from portal.rules.refusals import Conflict, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from portal.actions.manual_payments import Recorded
    from portal.actions.policies import Policy
    from portal.records import Session
    from portal.records.accounts import AccountRow
    from portal.records.ledger import PaymentRow

app = typer.Typer(help="Record cheques, wires and cash, put them on invoices, take them off again, list payments.")

Number = Annotated[str, typer.Argument(metavar="PAYMENT", help="The payment's number, such as R-00012.")]


class Method(StrEnum):
    """How money comes that does not come through Stripe."""

    CHEQUE = "cheque"
    WIRE = "wire"
    CASH = "cash"


@app.command("record")
def record_payment(
    customer: Annotated[str, typer.Argument(help="A customer's number, e-mail address or exact name.")],
    amount: Annotated[str, typer.Argument(help="How much, such as 1234.56, in the customer's currency.")],
    method: Annotated[Method, typer.Option("--method", help="How it came.")],
    received: Annotated[str, typer.Option("--received", metavar="DATE", help="The day it came: its discounts' day.")],
    deposited: Annotated[
        str | None, typer.Option("--deposited", metavar="DATE", help="Its day in the books; else the day it came.")
    ] = None,
    reference: Annotated[str, typer.Option("--reference", metavar="TEXT", help="Such as the cheque's number.")] = "",
    invoice: Annotated[
        list[str] | None,
        typer.Option("--invoice", metavar="NUMBER", help="What it is for; may be repeated. Else the oldest due first."),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="It is for no invoice yet: keep it as account credit.")] = False,
    terms_of: Annotated[
        str | None, typer.Option("--terms-of", metavar="DATE", help="Allow the discounts of this earlier day.")
    ] = None,
    another: Annotated[bool, typer.Option("--another", help="It is another one just like one on record.")] = False,
) -> None:
    """Record money that came by other means, and print the number it gets and where it went."""
    from admin.cli.customers import one_account
    from admin.cli.opening import opened
    from admin.cli.payments_found import amount_of, charges_of
    from admin.cli.payments_told import after
    from portal.actions import manual_payments, policies
    from portal.rules.dates import parse_date
    from portal.rules.money import words
    from portal.views.receipts import receipt_number

    if keep and invoice:
        raise Refusal("Choose one of --keep and --invoice.")
    came, terms = parse_date(received), parse_date(terms_of) if terms_of else None
    if terms and terms > came:
        raise Refusal("--terms-of is the day the payment came, or an earlier one.")
    with opened() as resources, resources.writing() as session:
        now = resources.clock()
        policy = policies.load(session, now=now)
        account = one_account(session, customer)
        cents = amount_of(amount, account.currency) or 0
        wanted = charges_of(session, account, invoice or ())
        given = manual_payments.Recorded(
            method=method.value,
            amount_cents=cents,
            received_on=came,
            deposited_on=parse_date(deposited) if deposited else came,
            reference=reference.strip(),
            charge_ids=wanted.values() if invoice or keep else None,
            terms_of=terms,
            is_another=another,
        )
        payment = _record(session, account, given, policy=policy, now=now)
        _check_reached(session, payment, wanted)
        lines = after(session, account, payment, policy=policy)
    said = f"{words(cents, account.currency)} from {account.name} by {method.value}, received {came.isoformat()}"
    typer.echo(f"{receipt_number(payment)}: {said}")
    typer.echo("\n".join(lines))


@app.command("allocate")
def allocate_payment(
    payment: Number,
    invoice: Annotated[
        list[str] | None,
        typer.Option("--invoice", metavar="NUMBER", help="Where to put it; may be repeated. Else oldest due first."),
    ] = None,
    amount: Annotated[str | None, typer.Option("--amount", help="How much of it; else all that is on none.")] = None,
) -> None:
    """Put what of a payment is on no invoice onto invoices."""
    from admin.cli.payments_found import amount_of, charges_of
    from admin.cli.payments_told import after
    from portal.actions import manual_payments
    from portal.records import reversals
    from portal.rules.money import words
    from portal.views.receipts import receipt_number

    with _at(payment) as (session, found, account, policy, now):
        wanted = charges_of(session, account, invoice or ())
        cents = amount_of(amount, account.currency)
        if not reversals.unapplied(session, found.id):
            raise Refusal(
                f"Nothing of {receipt_number(found)} is left to put on an invoice. To move it from one to another, "
                f"take it off first: portal payment release {receipt_number(found)} --invoice NUMBER"
            )
        put = manual_payments.allocate(
            session,
            found,
            charge_ids=wanted.values() if invoice else None,
            amount_cents=cents,
            policy=policy,
            now=now,
            actor="cli",
        )
        _check_reached(session, found, wanted)
        lines = after(session, account, found, policy=policy)
    typer.echo(f"{receipt_number(found)}: {words(put, account.currency)} more is on invoices of {account.name}")
    typer.echo("\n".join(lines))


@app.command("release")
def release_payment(
    payment: Number,
    invoice: Annotated[str, typer.Option("--invoice", metavar="NUMBER", help="The invoice to take it off.")],
    amount: Annotated[str | None, typer.Option("--amount", help="How much of it; else all that is on it.")] = None,
) -> None:
    """Take a payment off an invoice again, its discount with it: it becomes account credit."""
    from admin.cli.payments_found import amount_of, charges_of
    from admin.cli.payments_told import after
    from portal.actions import manual_payments
    from portal.rules.money import words
    from portal.views.receipts import receipt_number

    with _at(payment) as (session, found, account, policy, now):
        ((number, charge_id),) = charges_of(session, account, [invoice]).items()
        cents = amount_of(amount, account.currency)
        _check_pays(session, found, charge_id, number)
        freed = manual_payments.release(
            session, found, charge_id, amount_cents=cents, policy=policy, now=now, actor="cli"
        )
        lines = after(session, account, found, policy=policy)
    typer.echo(f"{receipt_number(found)}: {words(freed, account.currency)} is off {number}, and account credit now")
    typer.echo("\n".join(lines))


@app.command("return")
def return_payment(
    payment: Number,
    fee: Annotated[str | None, typer.Option("--fee", metavar="AMOUNT", help="Charge the customer this for it.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day it came back; else today.")] = None,
) -> None:
    """Note that a payment came back, as a cheque does that bounced: what it had paid is open again."""
    from admin.cli.payments_found import amount_of
    from admin.cli.payments_told import after
    from portal.actions import manual_payments
    from portal.records import reversals
    from portal.rules.dates import parse_date
    from portal.rules.money import words
    from portal.views.receipts import receipt_number

    day = parse_date(on) if on else None
    with _at(payment) as (session, found, account, policy, now):
        fee_cents = amount_of(fee, account.currency) or 0
        if day and day > policy.today:
            raise Refusal("A payment cannot have come back on a day that is still ahead.")
        back = manual_payments.bounce(
            session, found, fee_cents=fee_cents, on=day or policy.today, policy=policy, now=now, actor="cli"
        )
        came_back_on = reversals.latest_on(session, found.id)
        lines = after(session, account, found, policy=policy)
        if fee_cents:
            lines.insert(-1, _fee_line(session, account, found, policy=policy))
    said = f"{words(back, account.currency)} of {account.name} came back on {came_back_on.isoformat()}"
    typer.echo(f"{receipt_number(found)}: {said}")
    typer.echo("\n".join(lines))


@app.command("list")
def list_payments(
    customer: Annotated[str, typer.Argument(help="A customer's number, e-mail address or exact name.")],
) -> None:
    """List a customer's payments, newest first: what of each is on no invoice, and what went back."""
    from admin.cli.customers import one_account
    from admin.cli.opening import opened
    from admin.cli.payments_told import parts
    from portal.actions import policies, receipts
    from portal.records import ledger
    from portal.rules.money import words
    from portal.views.receipts import receipt_number

    with opened() as resources, resources.reading() as session:
        policy = policies.load(session, now=resources.clock())
        account = one_account(session, customer)
        payments = ledger.payments_of(session, account.id)
        found = receipts.load_all(session, account.id, payments, on=policy.today)
    if not found:
        typer.echo(f"{account.name} has no payments.")
    for each in found:
        row = each.payment
        amount = words(row.amount_cents, row.currency)
        line = f"{receipt_number(row)}  {row.received_on.isoformat()}  {row.method:<15} {amount:>14}"
        rest = [f"{words(cents, row.currency)} {name}" for name, cents in parts(each).items()]
        typer.echo("  ".join([line, *([row.reference] if row.reference else []), *([", ".join(rest)] if rest else [])]))


@contextmanager
def _at(number: str) -> "Iterator[tuple[Session, PaymentRow, AccountRow, Policy, datetime]]":
    """The books opened at the payment of this number, with its customer and the policy of the moment."""
    from admin.cli.opening import opened
    from admin.cli.payments_found import one_payment
    from portal.actions import policies
    from portal.records import accounts

    with opened() as resources, resources.writing() as session:
        now = resources.clock()
        payment = one_payment(session, number)
        account = accounts.by_id(session, payment.account_id)
        yield session, payment, account, policies.load(session, now=now), now


def _record(
    session: "Session", account: "AccountRow", given: "Recorded", *, policy: "Policy", now: "datetime"
) -> "PaymentRow":
    """The payment that it has become; one like one on record is refused by its number and the flag to add."""
    from portal.actions import manual_payments
    from portal.records import ledger

    try:
        payment_id = manual_payments.record(session, account, given, policy=policy, now=now, actor="cli")
    except Conflict as conflict:
        raise Conflict(f"{conflict.sentence}\nIf it is, add --another.") from None
    return ledger.payment_by_id(session, payment_id)


def _check_reached(session: "Session", payment: "PaymentRow", wanted: "Mapping[str, int]") -> None:
    from portal.actions import manual_payments

    try:
        manual_payments.check_reached(session, payment.id, wanted)
    except Refusal as refusal:
        raise Refusal(f"{refusal.sentence}\n--keep records money without an invoice.") from None


def _check_pays(session: "Session", payment: "PaymentRow", charge_id: int, number: str) -> None:
    from portal.records import ledger
    from portal.views.receipts import receipt_number

    rows = [row for row in ledger.applied(session, [payment.id]) if row.amount_cents]
    if all(row.charge_id != charge_id for row in rows):
        paid = ", ".join(dict.fromkeys(row.number for row in rows)) or "no invoice"
        raise Refusal(f"{receipt_number(payment)} pays nothing of {number}. It pays {paid}.")


def _fee_line(session: "Session", account: "AccountRow", payment: "PaymentRow", *, policy: "Policy") -> str:
    from portal.actions import statements
    from portal.rules.money import words
    from portal.views.receipts import receipt_number

    rows = statements.load(session, account, on=policy.today, policy=policy).charges.values()
    fees = [row for row in rows if row.kind == "returned_fee" and row.memo == receipt_number(payment)]
    newest = max(fees, key=lambda row: row.id)
    return f"  {newest.number:<16} {words(newest.amount_cents, account.currency):>14} is charged for it"

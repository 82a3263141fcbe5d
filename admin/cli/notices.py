"""`portal notices`: what customers say is on its way or ask back, and `portal notices close` when that is settled."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from portal.records.notices import ListedNotice

app = typer.Typer(help="What customers told you: money on its way, credit to pay back.", invoke_without_command=True)

_WORDS = {"cheque": "cheque of", "wire": "bank transfer of", "other": "payment of"}


@app.callback()
def show(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Show those that are settled, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: whole cents and ISO dates.")] = False,
) -> None:
    """List what customers told you and what is not settled yet, the oldest first. None of it is money."""
    from admin.cli.opening import opened
    from portal.actions import notices

    if context.invoked_subcommand is not None:
        return
    with opened() as resources, resources.reading() as session:
        found = notices.listed(session, closed_too=everything)
    if as_json:
        data = [_plain_data(listed, is_open=is_open) for listed, is_open in found]
        typer.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    for listed, is_open in found:
        typer.echo(_line(listed, is_open=is_open))
    if not found:
        typer.echo("There are no notices." if everything else "There are no open notices.")


@app.command("close")
def close(
    notice: Annotated[str, typer.Argument(metavar="PUBLIC_ID", help="Which notice; `portal notices` lists them.")],
) -> None:
    """Settle a notice: the money has arrived or never will, the credit is paid back or kept."""
    from admin.cli.opening import opened
    from portal.actions import notices

    with opened() as resources, resources.writing() as session:
        closed = notices.close(session, notice, now=resources.clock(), actor="cli")
    typer.echo(f"Notice {notice} is closed." if closed else f"Notice {notice} was closed before.")


def _line(listed: "ListedNotice", *, is_open: bool) -> str:
    from portal.rules.money import words

    notice = listed.notice
    amount = words(notice.amount_cents, listed.currency)
    if notice.kind == "refund":
        said = f"asks for {amount} of credit back, {notice.sent_on.isoformat()}"
    else:
        said = f"{_WORDS[notice.method]} {amount}, sent on {notice.sent_on.isoformat()}"
    facts = (
        notice.public_id,
        f"{listed.customer} ({listed.number})" if listed.number else listed.customer,
        said,
        f"reference {notice.reference}" if notice.reference else "",
        f"told {notice.created_at:%Y-%m-%d} by {listed.email or 'nobody in particular'}",
        "" if is_open else "settled",
    )
    return "  ".join(fact for fact in facts if fact)


def _plain_data(listed: "ListedNotice", *, is_open: bool) -> dict[str, object]:
    notice = listed.notice
    return {
        "id": notice.public_id,
        "customer": listed.customer,
        "number": listed.number,
        "kind": notice.kind,
        "method": notice.method,
        "amount_cents": notice.amount_cents,
        "currency": listed.currency.upper(),
        "sent_on": notice.sent_on.isoformat(),
        "reference": notice.reference,
        "told_at": notice.created_at.isoformat(),
        "told_by": listed.email,
        "open": is_open,
    }

"""`portal link CUSTOMER`: make a pay link, send one, list those there are, or end them all."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from portal.rules.refusals import NotFound, Refusal

if TYPE_CHECKING:
    from portal.records import Session
    from portal.records.accounts import AccountRow, ContactRow
    from portal.records.links import LinkView
    from portal.resources import Resources


def link(
    customer: Annotated[str, typer.Argument(help="A customer's number, e-mail address or exact name.")],
    invoice: Annotated[str | None, typer.Option(metavar="NUMBER", help="A link to this one invoice only.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Send the letter with a link; prints nothing secret.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Show the links there are and how they stand.")] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="End every link there is, and what it opened.")] = False,
) -> None:
    """Print one working address, or send, list or end the links of a customer."""
    from admin.cli.customers import one_account
    from admin.cli.opening import opened

    if send + show + revoke > 1:
        raise Refusal("Choose one of --send, --list and --revoke.")
    with opened() as resources:
        now = resources.clock()
        with resources.writing() as session:
            account = one_account(session, customer)
            charge_id = _charge_id(session, account, invoice) if invoice else None
            if send:
                lines = _send(session, account, customer, charge_id, now=now)
            elif show:
                lines = _list(session, account, charge_id, now=now)
            elif revoke:
                lines = _revoke(session, account, charge_id, now=now)
            else:
                lines = _make(resources, session, account, customer, charge_id, now=now)
        if send and resources.settings.smtp_url is None:
            typer.echo("No mail server is set (PORTAL_SMTP_URL): the letter waits until there is one.", err=True)
    for line in lines:
        typer.echo(line)


def _charge_id(session: "Session", account: "AccountRow", number: str) -> int:
    from portal.records import charges

    found = charges.id_of_number(session, account.id, number)
    if found is None:
        raise NotFound(f"{account.name} has no invoice “{number}”.")
    return found


def _contact(session: "Session", account: "AccountRow", customer: str) -> "ContactRow | None":
    """Whoever was named by an e-mail address, else the address on file, if there is one."""
    from portal.records import accounts

    contacts = accounts.contacts_of(session, account.id)
    named = (contact for contact in contacts if contact.email.lower() == customer.strip().lower())
    return next(named, contacts[0] if contacts else None)


def _make(
    resources: "Resources",
    session: "Session",
    account: "AccountRow",
    customer: str,
    charge_id: int | None,
    *,
    now: datetime,
) -> list[str]:
    from portal.actions import links, policies
    from portal.links import sign

    contact = _contact(session, account, customer)
    made = links.create_link(
        session,
        account_id=account.id,
        contact_id=contact.id if contact else None,
        charge_id=charge_id,
        now=now,
        expires_at=now + timedelta(days=policies.load(session, now=now).link_days),
        actor="cli",
    )
    return [f"{resources.settings.base_url}/l/{sign(resources.keys, made.public_id, made.version)}"]


def _send(
    session: "Session", account: "AccountRow", customer: str, charge_id: int | None, *, now: datetime
) -> list[str]:
    from portal.actions import link_letters

    contact = _contact(session, account, customer)
    if contact is None:
        raise Refusal(f"{account.name} has no e-mail address. Import one, or print a link and hand it over.")
    link_letters.send(session, contact, charge_id, once=now.isoformat(), now=now, actor="cli")
    return [f"A letter with a link goes to {contact.email}."]


def _list(session: "Session", account: "AccountRow", charge_id: int | None, *, now: datetime) -> list[str]:
    from portal.actions import links

    views = _wanted(session, account, charge_id)
    if not views:
        return [f"{account.name} has no links."]
    lines = []
    for view in views:
        state = links.state_of(view, view.link.version, now=now)
        facts = (
            f"{view.link.created_at:%Y-%m-%d}",
            view.contact_email or "nobody in particular",
            view.charge_number or "whole account",
            f"live until {view.link.expires_at:%Y-%m-%d}" if state == "live" else state,
            f"opened {view.link.opened_at:%Y-%m-%d}" if view.link.opened_at else "never opened",
        )
        lines.append("  ".join(facts))
    return lines


def _revoke(session: "Session", account: "AccountRow", charge_id: int | None, *, now: datetime) -> list[str]:
    from portal.actions import links

    views = _wanted(session, account, charge_id)
    ended = sum(links.revoke_link(session, view.link, now=now, actor="cli") for view in views)
    return [f"{ended} {'link' if ended == 1 else 'links'} of {account.name} ended."]


def _wanted(session: "Session", account: "AccountRow", charge_id: int | None) -> "list[LinkView]":
    """All links of the account, or those to the one document."""
    from portal.actions import links

    found = links.list_links(session, account.id)
    return [view for view in found if charge_id is None or view.link.charge_id == charge_id]

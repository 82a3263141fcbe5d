"""One customer in words: the parts of the balance, contacts and links."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from admin.views.cells import Cell, Fact, Head, Table
from admin.views.things import Tile
from portal.actions.links import state_of
from portal.actions.statements import Standing
from portal.records.accounts import AccountRow, ContactRow
from portal.records.disputes import DisputeRow
from portal.records.links import LinkView
from portal.wording import Words

_LINKS = {"live": ("Live", "stands"), "expired": ("Expired", "open"), "gone": ("Ended", "open")}
KINDS: Mapping[str, str] = {"unknown": "Unknown", "consumer": "A consumer", "business": "A business"}
DISPUTES: Mapping[str, tuple[str, str]] = {
    "new": ("New", "overdue"),
    "in_review": ("In review", "due_soon"),
    "waiting": ("Waiting for the customer", "open"),
    "offered": ("Offered", "open"),
    "accepted": ("Accepted", "stands"),
    "partly_accepted": ("Partly accepted", "stands"),
    "rejected": ("Rejected", "failed"),
    "withdrawn": ("Withdrawn", "stands"),
}


def facts(account: AccountRow, *, base: str, can_change: bool) -> Sequence[Fact]:
    """What they are, with the way to say so, and what not knowing it means."""
    text = "Unknown, which counts as a consumer" if account.kind == "unknown" else KINDS[account.kind]
    return [Fact("Consumer or business", text, href=f"{base}/kind" if can_change else "")]


def tiles(standing: Standing, words: Words) -> Sequence[Tile]:
    """The balance and the parts that make it, as the customer's own statement has them."""
    found, parts = standing.statement, standing.statement.balance
    figures = (
        ("Overdue", found.overdue_cents),
        ("Payable now", parts.payable_cents),
        ("Pending", parts.pending_cents),
        ("Disputed", parts.disputed_cents),
        ("On a plan", parts.on_plan_cents),
        ("Credit", parts.credit_cents),
    )
    count = len(found.rows)
    open_text = f"{count} open {'invoice' if count == 1 else 'invoices'}"
    return [
        Tile("Balance", words.money(parts.balance_cents), open_text),
        *(Tile(name, words.money(cents)) for name, cents in figures if cents or name in ("Overdue", "Payable now")),
    ]


def contacts(found: Sequence[ContactRow], words: Words, *, base: str, can_change: bool) -> Table:
    """Who gets letters; the first is the address on file, and one whose mail was refused is written to last."""
    rows = []
    for number, contact in enumerate(found):
        sub = "Address on file" if number == 0 else ""
        if contact.refused_at is not None:
            sub = f"Refused by the mail on {words.short_moment(contact.refused_at)}"
        cells = [Cell(contact.email, sub=sub), Cell(contact.name)]
        if can_change:
            address = f"{base}/contacts/{contact.id}"
            cells.append(Cell("Change name", href=f"{address}/name", about=contact.email))
            cells.append(Cell("Remove", href=f"{address}/removal", about=contact.email))
        rows.append(cells)
    heads = [Head("E-mail address"), Head("Name"), *([Head(""), Head("")] if can_change else [])]
    return Table("Contacts", heads, rows, "Nobody gets letters of this customer. Add a contact.")


def links(found: Sequence[LinkView], words: Words, *, base: str, now: datetime, can_revoke: bool) -> Table:
    """Links, the latest first, and how each stands."""
    rows = []
    for view in found:
        state = state_of(view, view.link.version, now=now)
        text, chip = _LINKS[state]
        opened = f"Opened {words.short_moment(view.link.opened_at)}" if view.link.opened_at else "Never opened"
        cells = [
            Cell(view.contact_email or "Nobody in particular", sub=opened),
            Cell(view.charge_number or "Whole account"),
            Cell(text, chip=chip),
            Cell(words.short_moment(view.link.created_at)),
            Cell(words.short_moment(view.link.expires_at)),
        ]
        if can_revoke:
            is_live = state == "live"
            address, about = f"{base}/links/{view.link.public_id}/revocation", f"of {view.contact_email or 'nobody'}"
            cells.append(Cell("Revoke", act=address, about=about) if is_live else Cell(""))
        rows.append(cells)
    heads = [
        Head("For"),
        Head("Opens"),
        Head("State"),
        Head("Made"),
        Head("Until"),
        *([Head("")] if can_revoke else []),
    ]
    return Table("Links", heads, rows, "No link was ever made for this customer.")


def disputes(found: Sequence[DisputeRow], words: Words) -> Table:
    """Their complaints, the latest first."""
    rows = [
        [
            Cell(row.number, href=f"/admin/disputes/{row.public_id}"),
            Cell(DISPUTES[row.state][0], chip=DISPUTES[row.state][1]),
            Cell(words.day(row.filed_on)),
            Cell(words.day(row.reply_by) if row.reply_by else ""),
        ]
        for row in found
    ]
    heads = [Head("Dispute"), Head("State"), Head("Filed"), Head("Answer by")]
    return Table("Disputes", heads, rows, "Nothing was ever disputed.")

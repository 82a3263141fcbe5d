"""One payment plan in words: its figures, its schedule or what is offered, what is on it, what was agreed."""

from collections.abc import Mapping, Sequence

from admin.views.cells import Cell, Fact, Head, Table, money_cell
from admin.views.plans import counted, how_paid, option_words
from admin.views.things import Tile
from portal.actions.plan_standing import PlanStanding, open_until
from portal.actions.plans import broken, dues_of, shape_of
from portal.actions.policies import Policy
from portal.records.agreements import AgreementRow
from portal.records.charges import ChargeRow
from portal.records.plans import CoveredRow, OptionRow, PlanRow
from portal.records.saved_methods import MethodRow
from portal.rules.instalments import Instalment, is_asked_for
from portal.rules.plans import ENDED, KEPT, Due, is_credit
from portal.wording import Words


def tiles(plan: PlanRow, found: PlanStanding, words: Words) -> Sequence[Tile]:
    """What it comes to, what is paid, left, next; none before it is agreed."""
    if plan.state not in KEPT and plan.state not in ENDED:
        return []
    total = Tile("On the plan", words.money(plan.total_cents), count_words(len(found.covered)))
    told = [total, Tile("Paid by the plan", words.money(found.paid_cents))]
    if plan.state in ENDED:
        return told
    pending_cents = sum(row.pending_cents for row in found.rows)
    frozen_cents = sum(row.frozen_cents for row in found.rows)
    following = found.next
    return [
        *told,
        Tile("Left", words.money(found.left_cents), "Disputed and under way included"),
        *([Tile("Next", words.money(following.left_cents), words.day(following.due_on))] if following else []),
        *([Tile("Under way", words.money(pending_cents), "At the bank")] if pending_cents else []),
        *([Tile("Disputed", words.money(frozen_cents), "Not collected meanwhile")] if frozen_cents else []),
    ]


def facts(
    plan: PlanRow, words: Words, *, made_by: str, contact: str, method: MethodRow | None, others: Sequence[Fact]
) -> Sequence[Fact]:
    """Who made it, who gets its letters, how it is paid, what it takes the place of."""
    way = how_paid(plan, *((method.name, method.last4) if method else (None, None)))
    return [
        Fact("Made", f"{words.short_moment(plan.created_at)}, by {made_by}"),
        Fact("Letters go to", contact),
        *([Fact("Open until", words.date(plan.expires_on))] if plan.state == "offered" and plan.expires_on else []),
        *([Fact("Agreed", words.date(plan.accepted_on))] if plan.accepted_on else []),
        *([Fact("Paid", f"{way.text}, {way.sub}" if way.sub else way.text)] if way.text else []),
        *([Fact("To make up for it", f"until {words.date(plan.cure_by)}")] if plan.cure_by else []),
        *([Fact("Paused", f"since {words.date(plan.paused_on)}")] if plan.paused_on else []),
        *([Fact("Ended", words.date(plan.ended_on))] if plan.ended_on else []),
        *others,
    ]


def schedule(found: PlanStanding, words: Words) -> Table:
    """Each payment as agreed and as it stands."""
    agreed = {row.position: row.agreed_on for row in found.agreed}
    last = max((row.position for row in found.rows), default=0)
    heads = [
        Head("Payment"),
        Head("Due"),
        Head("Amount", True),
        Head("Paid", True),
        Head("Under way", True),
        Head("Disputed", True),
        Head("To pay", True),
        Head("State"),
    ]
    rows = []
    for row in found.rows:
        moved = f"was {words.day(agreed[row.position])}" if agreed[row.position] != row.due_on else ""
        cut = f"agreed {words.money(row.agreed_cents)}" if row.agreed_cents != row.amount_cents else ""
        rows.append(
            [
                Cell(position_name(row.position, last)),
                Cell(words.day(row.due_on), sub=moved),
                Cell(words.money(row.amount_cents), sub=cut),
                money_cell(words.money(row.paid_cents), row.paid_cents),
                money_cell(words.money(row.pending_cents), row.pending_cents),
                money_cell(words.money(row.frozen_cents), row.frozen_cents),
                money_cell(words.money(row.left_cents), row.left_cents),
                instalment_chip(row, found, words),
            ]
        )
    return Table("Payments", heads, rows)


def position_name(position: int, last: int) -> str:
    """`First amount` before the others, `2 of 4`."""
    return f"{position} of {last}" if position else "First amount"


def instalment_chip(row: Instalment, found: PlanStanding, words: Words) -> Cell:
    """How one payment stands."""
    if not row.open_cents:
        return Cell("Paid", chip="paid") if row.paid_cents else Cell("Fell away", chip="closed")
    if found.plan.state in ENDED:
        return Cell("Not paid", chip="closed")
    if row.pending_cents and not row.left_cents:
        return Cell("Under way", chip="pending")
    if row.frozen_cents and not row.left_cents:
        return Cell("Disputed", chip="disputed")
    if not is_asked_for(row, least_cents=found.least_cents):
        return Cell("Too little to collect", chip="closed")
    if found.plan.state == "paused":
        return Cell("Waits", chip="due_soon")
    if row.due_on < words.today:
        return Cell("Late", chip="overdue", sub=words.relative_due(row.due_on))
    if row.due_on == words.today:
        return Cell("Due today", chip="due_soon")
    return Cell("To come", chip="open")


def options(
    plan: PlanRow, found: Sequence[OptionRow], policy: Policy, words: Words, *, is_business: bool
) -> Sequence[Mapping[str, object]]:
    """What may be chosen, with what it is outside of: {title, words, table, outside, is_credit}."""
    day = open_until(plan, policy)
    return [
        {
            "title": "As asked" if plan.state == "requested" else f"Option {option.position}",
            "words": option_words(option, dues, words),
            "table": dues_table(dues, words),
            "outside": _outside(plan, option, policy, words) if plan.state == "requested" else [],
            "is_credit": is_credit(shape_of(option), is_business=is_business),
        }
        for option in found
        for dues in [dues_of(plan, option, today=day)]
    ]


def dues_table(dues: Sequence[Due], words: Words) -> Table:
    """Each date and amount of a schedule that is not agreed yet."""
    last = dues[-1].position
    rows = [
        [
            Cell(position_name(due.position, last)),
            Cell("When it is accepted" if not due.position else words.long_day(due.due_on)),
            Cell(words.money(due.amount_cents)),
        ]
        for due in dues
    ]
    title = counted(last, has_first=not dues[0].position)
    return Table(title, [Head("Payment"), Head("Date"), Head("Amount", True)], rows)


def covered(
    plan: PlanRow, rows: Sequence[CoveredRow], charges: Mapping[int, ChargeRow], found: PlanStanding, words: Words
) -> Table:
    """The invoices that are on it, and what of each is left."""
    left = {each.charge_id: each.left_cents for each in found.covered}
    is_over = plan.state in ENDED
    heads = [Head("Invoice"), Head("Due before"), Head("On the plan", True), Head("Open" if is_over else "Left", True)]
    cells = []
    for row in rows:
        charge = charges[row.charge_id]
        cells.append(
            [
                Cell(charge.number, href=f"/admin/invoices/{charge.public_id}"),
                Cell(words.day(charge.due_on)),
                Cell(words.money(row.covered_cents)),
                money_cell(words.money(left.get(row.charge_id, 0)), left.get(row.charge_id, 0)),
            ]
        )
    return Table("On the plan", heads, cells)


def agreement(row: AgreementRow, words: Words, *, href: str) -> Mapping[str, object]:
    """Who agreed to what, when and from where: {facts, consents, hash, href}."""
    return {
        "facts": [
            Fact("Name typed", row.name),
            Fact("Contact", row.contact_email),
            Fact("Shown", words.moment(row.shown_at)),
            Fact("Accepted", words.moment(row.accepted_at)),
            Fact("From", row.address),
            Fact("Browser", row.user_agent or "It did not say"),
        ],
        "consents": list(row.consents.values()),
        "hash": row.pdf_sha256.hex(),
        "href": href,
    }


def count_words(invoices: int) -> str:
    """`1 invoice`, `3 invoices`."""
    return f"{invoices} {'invoice' if invoices == 1 else 'invoices'}"


def _outside(plan: PlanRow, option: OptionRow, policy: Policy, words: Words) -> list[str]:
    """The owner's limits that a request breaks; a request whose first day is over must be answered otherwise."""
    if option.first_on < policy.today:
        return ["Its first day is over: offer other terms."]
    found = broken(plan.total_cents, shape_of(option), currency=words.currency, policy=policy)
    return [each.message % each.values for each in found]

"""The form that disputes lines of an invoice: what is asked of each line, and what the claims made so far come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.actions.statements import Standing
from portal.records.attachments import AttachmentRow
from portal.records.charges import ChargeRow, LineRow
from portal.rules.attachments import LARGEST_BYTES, MOST_FILES
from portal.rules.claims import REASONS, Claim, ClaimedLine, counted
from portal.rules.quantities import plain_quantity
from portal.views.dispute_reasons import reason_name
from portal.wording import Words


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds: positions that are ticked, reason and figure by position, the words, the files kept."""

    chosen: frozenset[int] = frozenset()
    reasons: Mapping[int, str] = field(default_factory=dict)
    figures: Mapping[int, str] = field(default_factory=dict)
    words: str = ""
    files: tuple[str, ...] = ()


def form(
    charge: ChargeRow,
    lines: Sequence[LineRow],
    claimed: Sequence[ClaimedLine],
    typed: Typed,
    kept: Sequence[AttachmentRow],
    words: Words,
) -> dict[str, object]:
    """Everything the form shows but the figures, which `figures` makes, and what is wrong with it."""
    described = {line.position: line for line in lines}
    return {
        "invoice": charge.number,
        "lines": [_line(line, described.get(line.position), typed, words) for line in claimed],
        "reasons": [
            {
                "value": value,
                "name": reason_name(value, words),
                "asks": asks,
                "question": _question(value, words),
            }
            for value, asks in REASONS.items()
        ],
        "typed_words": typed.words,
        "files": [{"id": row.public_id, "name": row.name, "size": file_size(row, words)} for row in kept],
        "most_files": MOST_FILES,
        "more_files": MOST_FILES - len(kept),
        "most_megabytes": LARGEST_BYTES // 1024 // 1024,
    }


def figures(claims: Sequence[Claim], standing: Standing, charge: ChargeRow, words: Words) -> dict[str, str]:
    """What would be disputed, and what is to pay of the rest: all as amounts, "" where there is none."""
    item = next((row.item for row in standing.statement.rows if row.item.charge_id == charge.id), None)
    offer = item.offer if item and item.offer and item.offer.discount_cents else None
    payable = item.parts.payable_cents if item else 0
    tax = sum(claim.tax_cents for claim in claims)
    return {
        "disputed": words.money(sum(claim.net_cents for claim in claims) + tax),
        "tax": words.money_or_nothing(tax),
        "payable": words.money(payable),
        "discount": words.money(-offer.discount_cents) if offer else "",
        "until": words.date(offer.until_on) if offer and offer.until_on else "",
        "pay": words.money_or_nothing(offer.pay_cents if offer else payable),
    }


def file_size(row: AttachmentRow, words: Words) -> str:
    """`1.4 MB`, or `37 KB` below a tenth of one."""
    if row.size_bytes < 100_000:
        return words.text("%(count)s KB", count=max(1, row.size_bytes // 1000))
    tenths = row.size_bytes // 100_000
    return words.text("%(count)s MB", count=f"{tenths // 10}.{tenths % 10}")


def _question(reason: str, words: Words) -> str:
    """What the figure beside a reason says; "" where none is asked for."""
    return {
        "not_received": words.text("How many arrived?"),
        "short": words.text("How many arrived?"),
        "damaged": words.text("How many are damaged?"),
        "wrong_item": words.text("How many are wrong?"),
        "wrong_price": words.text("What should one cost?"),
        "wrong_quantity": words.text("How many should it be?"),
        "not_ordered": words.text("How many were not ordered?"),
        "other": words.text("How much of it is wrong, before tax?"),
    }.get(reason, "")


def _line(line: ClaimedLine, described: LineRow | None, typed: Typed, words: Words) -> dict[str, object]:
    quantity = counted(line)
    is_left = line.left_net_cents + line.left_tax_cents > 0
    return {
        "position": line.position,
        "description": described.description if described else words.text("The whole invoice"),
        "quantity": plain_quantity(quantity) if quantity is not None else "",
        "unit_price": words.price(described.unit_price) if described and described.unit_price else "",
        "amount": words.money(line.net_cents),
        "taken": "" if is_left else words.text("All of this line is disputed or credited already."),
        "chosen": line.position in typed.chosen,
        "reason": typed.reasons.get(line.position, ""),
        "figure": typed.figures.get(line.position, ""),
    }

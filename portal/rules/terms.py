"""Payment terms as people write them, and the dates they mean for one invoice."""

import itertools
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.rules.dates import add_months, end_of_month
from portal.rules.refusals import Refusal

_EOM = r"(?P<eom>eom|e\.o\.m\.?|end of (?:the )?month|prox(?:imo)?\.?|mfi)"
_AT_ONCE = re.compile(
    r"(?:due |payable )?(?:up)?on receipt|(?:due )?immediate(?:ly)?|due now|due|receipt|cod|c\.o\.d\.?|cash|"
    r"cash on delivery|cash in advance|cia|pia|payment in advance|prepaid|prepayment"
)
_BETWEEN = re.compile(r"[\s,;|&]*(?:(?:and|or|otherwise|then|terms:?)\b[\s,;]*)*")
_NET = re.compile(rf"(?:net|n)\s*[/:-]?\s*(?:(?P<days>[0-9]{{1,3}})\s*(?:days?|d)?\b)?\s*{_EOM}?(?!\w)")
_DISCOUNT = re.compile(
    r"(?P<rate>[0-9]{1,2}(?:\.[0-9]{1,2})?)\s*(?:%\s*(?:[/@,-]|in|within|if paid (?:with)?in)?|/)\s*"
    rf"(?P<days>[0-9]{{1,3}})\s*(?:days?|d)?\b\s*{_EOM}?(?!\w)"
)
_DAYS_ALONE = re.compile(rf"(?P<days>[0-9]{{1,3}})\s*(?:days?|d)?\s*{_EOM}?(?:\s*net)?")
_EOM_ALONE = re.compile(rf"(?:due\s*)?{_EOM}")


@dataclass(frozen=True, slots=True)
class Discount:
    """`2/10` -> rate_bp 200 until day 10; with eom (`2/10 EOM`): the 10th of the month after."""

    rate_bp: int
    days: int
    eom: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Discounts as written; net days from the invoice date, or with eom from its month's end.

    next_month_end: due at the end of the month after the invoice's (`2/10 EOM` with no net of its own).
    """

    net_days: int
    discounts: tuple[Discount, ...] = ()
    eom: bool = False
    next_month_end: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A discount of one invoice: this rate when payment is started on or before this day."""

    rate_bp: int
    until_on: date


def parse_terms(text: str) -> Terms:
    """`2/10 net 30`, `2% 10, net 30`, `1.5/15, n/45`, `3/5, 2/10, net 30`, `2/10 EOM` (money.md 4).

    Nothing written means due on receipt; whoever has a default puts it in first. Nonsense is refused by name.
    """
    body = " ".join(text.lower().split()).strip(" .")
    if not body or _AT_ONCE.fullmatch(body):
        return Terms(net_days=0)
    if _EOM_ALONE.fullmatch(body):
        return Terms(net_days=0, eom=True)
    if alone := _DAYS_ALONE.fullmatch(body):
        return Terms(net_days=int(alone["days"]), eom=bool(alone["eom"]))
    terms = _scan(body, text)
    _check(terms, text)
    return terms


def due_on(terms: Terms, issued_on: date) -> date:
    """The due date these terms give; an explicit due date on the invoice wins over it."""
    if terms.next_month_end:
        return end_of_month(add_months(issued_on, 1))
    start = end_of_month(issued_on) if terms.eom else issued_on
    return start + timedelta(days=terms.net_days)


def steps(terms: Terms, issued_on: date) -> tuple[Step, ...]:
    """The discount steps in dates, earliest first; the invoice date is day 0."""
    dated = (
        Step(each.rate_bp, (end_of_month(issued_on) if each.eom else issued_on) + timedelta(days=each.days))
        for each in terms.discounts
    )
    return tuple(sorted(dated, key=lambda step: step.until_on))


def to_text(terms: Terms) -> str:
    """Canonical text; `parse_terms(to_text(terms)) == terms`."""
    words = [
        f"{(Decimal(each.rate_bp) / 100).normalize():f}/{each.days}{' EOM' if each.eom else ''}"
        for each in terms.discounts
    ]
    if terms.net_days == 0 and not terms.eom and not words:
        return "due on receipt"
    if not terms.next_month_end:
        net = f"net {terms.net_days}" if terms.net_days or not terms.eom else "net"
        words.append(f"{net} EOM" if terms.eom else net)
    plain_pair = len(words) == 2 and not any(each.eom for each in terms.discounts)
    return (" " if plain_pair and not terms.next_month_end else ", ").join(words)


def _scan(body: str, text: str) -> Terms:
    """Read discounts and one net, in any order, until nothing is left."""
    discounts: list[Discount] = []
    net: re.Match[str] | None = None
    at = _end(_BETWEEN.match(body))
    while at < len(body):
        if found := _DISCOUNT.match(body, at):
            rate_bp = int(Decimal(found["rate"]) * 100)
            discounts.append(Discount(rate_bp, int(found["days"]), eom=bool(found["eom"])))
        elif net is None and (found := _NET.match(body, at)) and (found["days"] or found["eom"]):
            net = found
        else:
            raise _nonsense(text)
        at = max(found.end(), _end(_BETWEEN.match(body, found.end())))
    if net is None:
        if not any(each.eom for each in discounts):
            raise Refusal(f"“{text.strip()}” does not say when the whole amount is due. Add it: 2/10 net 30.",
                          field="terms")  # fmt: skip
        return Terms(net_days=0, discounts=tuple(discounts), next_month_end=True)
    return Terms(net_days=int(net["days"] or 0), discounts=tuple(discounts), eom=bool(net["eom"]))


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _check(terms: Terms, text: str) -> None:
    by_day = sorted(terms.discounts, key=lambda each: (each.eom, each.days))
    rates = [each.rate_bp for each in by_day]
    if 0 in rates or any(earlier <= later for earlier, later in itertools.pairwise(rates)):
        raise Refusal(
            f"“{text.strip()}”: a discount must be more than 0, and smaller the later it is paid.",
            field="terms",
        )
    counted_alike = (each for each in terms.discounts if each.eom == terms.eom and not terms.next_month_end)
    if any(each.days > terms.net_days for each in counted_alike):
        raise Refusal(f"“{text.strip()}”: a discount cannot last longer than the net days.", field="terms")


def _nonsense(text: str) -> Refusal:
    return Refusal(
        f"“{text.strip()}” are not payment terms. Write them like 2/10 net 30, net 30 or due on receipt.",
        field="terms",
    )

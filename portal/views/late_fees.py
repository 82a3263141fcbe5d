"""How a late fee came about, in a sentence with its figures."""

from portal.actions.late_fees import Drawn
from portal.rules.late_fees import fee_cents
from portal.wording import Words


def formula(drawn: Drawn, words: Words) -> str:
    """As in: 1.5% of $1,000.00 of invoice 1001 that was due on Feb 10, 2026."""
    fee, terms = drawn.fee, drawn.terms
    figures = {
        "principal": words.money(fee.principal_cents),
        "invoice": fee.invoice_number,
        "date": words.date(fee.assessed_on),
    }
    if terms.kind == "flat":
        made = words.text(
            "%(fee)s, as %(principal)s of invoice %(invoice)s was due on %(date)s",
            **figures,
            fee=words.money(terms.flat_cents),
        )
    else:
        made = words.text(
            "%(rate)s of %(principal)s of invoice %(invoice)s that was due on %(date)s",
            **figures,
            rate=words.percent(terms.rate_bp),
        )
    wanted = fee_cents(fee.principal_cents, terms)
    if fee.amount_cents < wanted:
        left = words.money(fee.amount_cents)
        limit = words.text("no more than %(left)s, the limit for all late fees on it", left=left)
        return f"{made}; {limit}"
    if terms.least_cents and wanted == terms.least_cents:
        return f"{made}; {words.text('at least %(least)s', least=words.money(terms.least_cents))}"
    if terms.most_cents and wanted == terms.most_cents:
        return f"{made}; {words.text('at most %(most)s', most=words.money(terms.most_cents))}"
    return made

"""What a decision or an offer would do, in words: each figure before and after, the credit memo, the letter."""

from collections.abc import Mapping, Sequence

from portal.actions.dispute_previews import Figures, Rehearsal
from portal.rules.refusals import Refusal
from portal.views import letters
from portal.wording import Words

# Where the letter's own link will stand.
_LINK = "https://…"


def effects(found: Rehearsal, words: Words, *, is_offer: bool) -> Mapping[str, object]:
    """What `effects.html` needs: `rows` of (name, before, after, whether it changes), `facts`, and the letter."""
    before, after = found.before, found.after
    return {
        "title": "If the customer agrees" if is_offer else "What this does",
        "rows": _rows(before, after, words),
        "facts": _facts(found, words),
        "letter": _letter(found),
        "problem": "",
    }


def refused(refusal: Refusal) -> Mapping[str, object]:
    """The same where it cannot be done as it stands in the form."""
    return {"title": "What this does", "rows": [], "facts": [], "letter": None, "problem": refusal.sentence}


def _rows(before: Figures, after: Figures, words: Words) -> Sequence[tuple[str, str, str, bool]]:
    pairs = [
        ("Customer’s balance", words.money(before.balance_cents), words.money(after.balance_cents)),
        ("Invoice, open", words.money(before.open_cents), words.money(after.open_cents)),
        ("Invoice, disputed", words.money(before.disputed_cents), words.money(after.disputed_cents)),
        ("Invoice, to pay", words.money(before.payable_cents), words.money(after.payable_cents)),
        ("Discount", _discount(before, words), _discount(after, words)),
        ("Account credit", words.money(before.credit_cents), words.money(after.credit_cents)),
    ]
    if before.fees_cents or after.fees_cents:
        pairs.append(("Late fees of the invoice", words.money(before.fees_cents), words.money(after.fees_cents)))
    return [(name, one, other, one != other) for name, one, other in pairs]


def _discount(figures: Figures, words: Words) -> str:
    if figures.discount_until is None:
        return "None"
    return f"{words.money(figures.discount_cents)} until {words.day(figures.discount_until)}"


def _facts(found: Rehearsal, words: Words) -> Sequence[str]:
    """What follows, in sentences."""
    before, after, said = found.before, found.after, []
    if found.memo is None:
        said.append("No credit memo is written.")
    else:
        tax = f", of it {words.money(found.memo.tax_cents)} tax" if found.memo.tax_cents else ""
        said.append(f"A credit memo for {words.money(found.memo.amount_cents)} is written{tax}.")
    if (more := after.credit_cents - before.credit_cents) > 0:
        said.append(f"{words.money(more)} of it does not fit on the invoice, and becomes account credit.")
    if (back := before.given_cents - after.given_cents) > 0:
        said.append(f"{words.money(back)} of the discount that was taken is taken back.")
    if (waived := before.fees_cents - after.fees_cents) > 0:
        said.append(f"Late fees of {words.money(waived)} are waived.")
    if (owed := after.payable_cents - before.payable_cents) > 0:
        said.append(f"{words.money(owed)} more of the invoice is to be paid.")
    return said


def _letter(found: Rehearsal) -> Mapping[str, str] | None:
    if found.letter is None:
        return None
    draft = letters.compose(found.letter, href=_LINK)
    return {"to": draft.to_email, "subject": draft.words.subject, "text": draft.words.text}

"""What customers say is wrong with a line, in words."""

from portal.wording import Words


def reason_name(reason: str, words: Words) -> str:
    """`short` is “Short delivery”; an unknown reason as it is."""
    known = {
        "not_received": words.text("Not received"),
        "short": words.text("Short delivery"),
        "damaged": words.text("Damaged or faulty"),
        "wrong_item": words.text("Wrong item"),
        "wrong_price": words.text("Wrong price"),
        "wrong_quantity": words.text("Wrong quantity"),
        "tax": words.text("Tax"),
        "duplicate": words.text("Invoiced twice"),
        "already_paid": words.text("Already paid"),
        "not_ordered": words.text("Not ordered"),
        "missing_document": words.text("Purchase order or document missing"),
        "other": words.text("Something else"),
    }
    return known.get(reason, reason)

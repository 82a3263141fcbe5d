"""Papers: what every PDF has at its top, and the one that goes out by mail too."""

import re

from portal.actions.policies import Policy
from portal.actions.receipts import Receipt
from portal.records.accounts import AccountRow
from portal.templating import render
from portal.views import receipts
from portal.wording import Words


def frame(policy: Policy, account: AccountRow) -> dict[str, object]:
    """The context of `templates/pdf/layout.html`."""
    return {
        "seller": {
            "name": policy.seller_name,
            "email": policy.seller_email,
            "phone": policy.seller_phone,
            "address": policy.seller_address.splitlines(),
        },
        "customer": {"name": account.name, "address": []},
    }


def receipt_paper(found: Receipt, account: AccountRow, policy: Policy, words: Words) -> str:
    """The HTML of a receipt's PDF: the same behind the link and in the letter."""
    context = {**frame(policy, account), **receipts.receipt(found, words, base="")}
    return render("pdf/receipt.html", context, policy.locale)


def file_name(text: str) -> str:
    """A document's number as a file name that every system takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.") or "document"

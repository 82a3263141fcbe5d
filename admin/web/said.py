"""What a page says when it comes after an act: a word in its address, which stands for a sentence of ours."""

from collections.abc import Mapping

SAID: Mapping[str, str] = {
    "contact": "The contacts are changed.",
    "link-sent": "The link is on its way by email. It stands below, among the links.",
    "link-revoked": "The link is revoked: it opens nothing any more, nor does any copy of it.",
    "notice": "The notice is marked as done.",
    "recorded": "The payment is recorded.",
    "moved": "Done. Below is how the payment stands now.",
    "policy": "The policy is decided. Below is what holds, and from when.",
    "refund": "The refund is asked for. Below is how the payment stands now.",
    "written-off": "It is written off.",
    "assigned": "The dispute is assigned.",
    "noted": "The note is kept.",
    "retried": "The letter will be tried again.",
    "kind": "What the customer is stands below.",
    "plan-offered": "The plan is offered: a letter is on its way. Below is the offer.",
    "plan-declined": "The request is declined: a letter is on its way.",
    "plan-withdrawn": "The offer is taken back.",
    "plan-paused": "The plan is paused. Nothing is collected until you let it go on.",
    "plan-resumed": "The plan goes on. Below are its dates.",
    "plan-put-off": "The payments are put off. Below are their dates.",
    "plan-cancelled": "The plan is cancelled. What is left of it is due again as it was.",
}


def told(address: str, word: str) -> str:
    """The address of a page that is to say so; `word` is a key of `SAID`."""
    assert word in SAID, word
    bare, anchor, place = address.partition("#")
    return f"{bare}{'&' if '?' in bare else '?'}said={word}{anchor}{place}"

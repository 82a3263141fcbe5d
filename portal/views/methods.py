"""Saved cards and bank accounts in words, and the very words under which they are saved and charged."""

import hashlib
from collections.abc import Sequence

from portal.actions.method_care import last_day
from portal.actions.policies import Policy
from portal.actions.setups import Purpose
from portal.records.autopays import AutopayRow
from portal.records.saved_methods import MethodRow, UsesRow
from portal.rules.dates import local_day
from portal.rules.methods import shown
from portal.wording import Words

# As Stripe calls them: https://docs.stripe.com/api/payment_methods/object#payment_method_object-card-brand

_WHY = {
    "removed": "%(name)s was removed, as asked for on your account's pages.",
    "detached": "%(name)s was taken off at Stripe, our payment company.",
    "mandate_ended": "The permission to debit %(name)s has ended: your bank or you have taken it back.",
    "refused": "The bank of %(name)s refuses charges for good: it may be lost, closed or blocked.",
    "replaced": "%(name)s was replaced by another.",
}


def unnamed(method: MethodRow, words: Words) -> str:
    """What kind of method it is, and no more."""
    return words.text("a saved card") if method.kind == "card" else words.text("a saved bank account")


def called(method: MethodRow, words: Words) -> str:
    """`Visa •••• 4242`; a card of no known brand is a card."""
    unknown = words.text("Card") if method.kind == "card" else words.text("Bank account")
    return shown(method.name, method.last4) if method.name not in ("", "unknown") else shown(unknown, method.last4)


def expires(method: MethodRow) -> str:
    """`04/29`, as on the card; "" for what does not expire."""
    return f"{method.exp_month:02d}/{method.exp_year % 100:02d}" if method.exp_month and method.exp_year else ""


def consent(kind: str, purpose: Purpose, policy: Policy, words: Words) -> list[str]:
    """What its holder agrees to by saving a method, in paragraphs; kept with it word for word, a line for each. What a
    plan adds to that is in plan_charging."""
    said = [_saving(kind, policy, words)]
    return [*said, *autopay_consent(policy, words)] if purpose == "autopay" else said


def autopay_consent(policy: Policy, words: Words) -> list[str]:
    """What is agreed to by turning automatic payments on: what is charged, when, with which notice, and how to stop."""
    seller = policy.seller_name
    return [
        words.text(
            "I agree that %(seller)s charges each invoice and late fee of this account by itself on the day it is due, "
            "less the early-payment discount that it has that day. What is due already is charged after its notice. "
            "Nothing is charged that is disputed, on a payment plan, or paid by then. Credit on the account is not "
            "used for it; I can use it by paying by hand.",
            seller=seller,
        ),
        words.text(
            "%(seller)s writes to me at least two days before each charge, with its amount; at least ten days before "
            "where it is taken from a bank account and is not the amount of the time before. The charge then waits for "
            "that. If the amount rises after the notice, I get a new one first; if it falls, less is charged.",
            seller=seller,
        ),
        words.text(
            "I can pay earlier by hand at any time; then that invoice is not charged. I can turn automatic payments "
            "off on my account’s page at any time up to the moment a charge is sent, for no reason and at no cost."
        ),
    ]


def digest(said: Sequence[str]) -> str:
    """By which a page that is posted tells that it showed these very words."""
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def listed(
    methods: Sequence[MethodRow], uses: Sequence[UsesRow], words: Words, *, base: str
) -> list[dict[str, object]]:
    """Each saved method, what it is charged for, what follows from its removal, and the address that removes it."""
    return [
        {
            "id": method.public_id,
            "name": called(method, words),
            "kind": method.kind,
            "expires": expires(method),
            "saved": words.date(local_day(method.saved_at, words.time_zone)),
            **_used_for(method, uses, words, base=base),
            "remove": f"{base}/methods/{method.public_id}/removal",
        }
        for method in methods
    ]


def autopay(found: AutopayRow | None, method: MethodRow | None, words: Words) -> dict[str, object] | None:
    """Automatic payments that are on: with what, since when, and the words that were agreed to."""
    if found is None or method is None:
        return None
    return {
        "method": called(method, words),
        "since": words.date(local_day(found.agreed_at, words.time_zone)),
        "consent": found.consent.splitlines(),
    }


def why_ended(method: MethodRow, words: Words) -> str:
    """Why a method that has ended is not charged any more, in a sentence."""
    name = called(method, words)
    if method.ended_why == "expired":
        last = last_day(method)
        return words.text("%(name)s has expired (%(date)s).", name=name, date=words.date(last) if last else "")
    return words.text(_WHY.get(method.ended_why or "", "%(name)s is not saved any more."), name=name)


def _saving(kind: str, policy: Policy, words: Words) -> str:
    contact = policy.seller_email or policy.seller_phone or policy.seller_name
    if kind == "card":
        return words.text(
            "I let %(seller)s keep this card with Stripe, its payment company, and charge it for the payment plans and "
            "automatic payments that I agree to. Each charge is announced to me by email beforehand. I can end this at "
            "any time: by writing to %(contact)s or by removing the card on my account’s page. A charge that was sent "
            "before is not stopped by that.",
            seller=policy.seller_name,
            contact=contact,
        )
    return words.text(
        "I authorize %(seller)s to debit the bank account that I name on Stripe’s page by electronic debits (ACH) for "
        "the payment plans and automatic payments that I agree to, each in the amount and on or after the day that is "
        "announced to me by email before, and to credit it where a debit was wrong. I may give this authorization for "
        "the account. It stays in force until I revoke it: by writing to %(contact)s or by removing the bank account "
        "on my account’s page. A debit that was sent to the bank before is not stopped by that.",
        seller=policy.seller_name,
        contact=contact,
    )


def _used_for(method: MethodRow, uses: Sequence[UsesRow], words: Words, *, base: str) -> dict[str, object]:
    mine = [use for use in uses if use.method_id == method.id]
    numbers = [use.number for use in mine if use.number is not None]
    is_autopay = any(use.plan_id is None for use in mine)
    follows = []
    if numbers:
        follows.append(
            words.text(
                "After that you pay plan %(numbers)s by hand: we send you a link before each date. The plan itself "
                "stays as it is.",
                numbers=words.joined(numbers),
            )
        )
    if is_autopay:
        follows.append(words.text("Automatic payments end with it: you pay each invoice yourself again."))
    return {
        "plans": [
            {"number": use.number, "href": f"{base}/plans/{use.plan_public_id}"}
            for use in mine
            if use.number is not None
        ],
        "is_autopay": is_autopay,
        "follows": follows,
    }

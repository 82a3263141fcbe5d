"""Letters to the seller: what happened, the figures, and what to do next. Nothing in them opens an account."""

import shlex
from collections.abc import Callable, Iterator, Mapping

from portal.actions.correspondence import Report
from portal.rules.money import plain
from portal.templating import render_letter
from portal.views.collection_letters import collect_stopped
from portal.views.letters import Draft, seller
from portal.views.method_letters import method_ended
from portal.views.payments import method_name
from portal.views.receipts import receipt_number, reference
from portal.views.seller_disputes import Facts, Told, about_dispute
from portal.wording import Words

# The ways that a customer may name and `portal payment record` takes as they are.
_RECORDED = ("cheque", "wire")


def compose_to_seller(found: Report) -> Draft:
    """The letter in words, to the seller's own address."""
    policy, account = found.policy, found.standing.account if found.standing else None
    words = policy.words(account.currency if account else policy.currency)
    told = _KINDS[found.letter.kind](found, words)
    context = {
        "seller": seller(policy),
        "customer": account.name if account else "",
        "title": told.title,
        "said": told.said,
        "facts": [{"name": name, "value": value} for name, value in (*told.facts, *_facts(found, words)) if value],
        "reopened": [{"number": row.number, "open": words.money(row.open_cents)} for row in found.reopened],
        "breaks": [
            {"kind": row.kind, "subject": row.subject, "ours": row.ours, "theirs": row.theirs, "repair": row.repair}
            for row in found.breaks
        ],
        "foot": words.text("Sent by your payment portal to the address in its policy seller_email."),
        "steps": [{"text": text, "command": command} for text, command in (*told.steps, *_look(found, words))],
    }
    return Draft(
        to_name=policy.seller_name,
        to_email=policy.seller_email,
        message_id=found.letter.message_id,
        reply_to="",
        words=render_letter("seller", context, policy.locale),
    )


def _facts(found: Report, words: Words) -> Facts:
    """Whom and which payment it is about."""
    facts: list[tuple[str, str]] = []
    if found.standing is not None:
        account = found.standing.account
        facts.append((words.text("Customer"), f"{account.name} ({account.number})" if account.number else account.name))
    if found.receipt is not None:
        payment = found.receipt.payment
        how = reference(payment, words) or method_name(payment.method, words)
        facts += [
            (words.text("Payment"), f"{receipt_number(payment)}, {words.money(payment.amount_cents)}"),
            (words.text("Received"), f"{words.date(payment.received_on)}, {how}"),
            (words.text("It was for"), words.joined(list(dict.fromkeys(row.number for row in found.receipt.applied)))),
        ]
    return facts


def _look(found: Report, words: Words) -> Iterator[tuple[str, str]]:
    if found.standing is not None:
        yield words.text("See the account:"), f"portal account {_customer(found)}"


def _refund(found: Report, words: Words) -> Told:
    return Told(
        words.text("A refund opened invoices again"),
        words.text("Money was refunded in Stripe's dashboard, and what it had paid is to be paid again."),
        _about_refund(found, words),
        [
            (
                words.text("If that is right, there is nothing to do: the customer has been told.")
                if found.has_reader
                else words.text("If that is right, tell the customer, whom no e-mail reaches."),
                "",
            ),
            (
                words.text("Next time, refund from here. You are asked whether the invoices are to stay paid:"),
                _refund_command(found),
            ),
        ],
    )


def _refund_failed(found: Report, words: Words) -> Told:
    again = words.text("Give it back another way, such as a bank transfer. If Stripe can try again:")
    if found.refund is not None and found.refund.state == "refused":
        return Told(
            words.text("Stripe refused a refund"),
            words.text("Stripe did not accept a refund that was asked for here. No money has moved."),
            _about_refund(found, words),
            [(again, _refund_command(found))],
        )
    return Told(
        words.text("A refund did not arrive"),
        words.text("A refund came back: the money is in your Stripe balance, and in the books where it was before."),
        _about_refund(found, words),
        [
            (
                words.text("The customer has been told, and may say how to get it.")
                if found.has_reader
                else words.text("Ask the customer, whom no e-mail reaches, how to get it."),
                "",
            ),
            (again, _refund_command(found)),
        ],
    )


def _about_refund(found: Report, words: Words) -> Facts:
    if found.refund is None:
        return []
    return [
        (words.text("Refund"), words.money(found.refund.amount_cents)),
        (words.text("Reason"), found.refund.reason),
        (words.text("Why it failed"), found.refund.failure or ""),
        (words.text("In Stripe"), found.refund.stripe_refund_id or ""),
    ]


def _overpaid(found: Report, words: Words) -> Told:
    cents = found.receipt.unapplied_cents if found.receipt else 0
    if not cents:
        return Told(
            words.text("A payment that came twice"),
            words.text("More came than was to be paid. It has been used or given back since: nothing is left to do."),
        )
    return Told(
        words.text("A payment that came twice"),
        words.text("More came than was to be paid, because it had been paid another way. The rest is account credit."),
        [(words.text("Account credit"), words.money(cents))],
        [
            (words.text("The customer can use it for other invoices. Ask them whether they would."), ""),
            (words.text("To give it back:"), f"{_refund_command(found)} --amount {_plain(cents, found)}"),
        ],
    )


def _notice(found: Report, words: Words) -> Told:
    notice = found.notice
    assert notice is not None
    facts = [
        (words.text("Amount"), words.money(notice.amount_cents)),
        (words.text("Sent by"), _sent_by(notice.method, words)),
        (words.text("Date"), words.date(notice.sent_on)),
        (words.text("Reference"), notice.reference),
    ]
    if notice.kind == "refund":
        return Told(
            words.text("A customer asks for a credit to be paid back"),
            words.text("Nothing has moved yet; it is for you to decide."),
            facts,
            [
                (words.text("Find the payment that the credit came with:"), _list_command(found)),
                (
                    words.text("Give it back from there, with that payment's number for PAYMENT:"),
                    f"portal refund PAYMENT --amount {_plain(notice.amount_cents, found)}",
                ),
            ],
        )
    return Told(
        words.text("A payment is on its way"),
        words.text("A customer says that money was sent. Nothing has been booked: the balance is as it was."),
        facts,
        [
            (
                words.text("When it arrives, record it, with the day it came for DATE:")
                if notice.method in _RECORDED
                else words.text(
                    "When it arrives, record it, with cheque, wire or cash for METHOD and the day it came for DATE:"
                ),
                _record_command(found),
            )
        ],
    )


def _sent_by(method: str, words: Words) -> str:
    known = {"cheque": words.text("Cheque"), "wire": words.text("Bank transfer"), "other": words.text("Another way")}
    return known.get(method, method)


def _breaks(found: Report, words: Words) -> Told:
    if not found.breaks:
        said = words.text("There was a difference between Stripe and the books. It is gone: nothing is left to do.")
        return Told(words.text("Stripe and the books agree again"), said)
    return Told(
        words.text("Stripe and the books differ"),
        words.count(
            "%(num)s difference stands. Nothing was changed because of it.",
            "%(num)s differences stand. Nothing was changed because of them.",
            len(found.breaks),
        ),
        [],
        [(words.text("To compare again:"), "portal reconcile")],
    )


def _customer(found: Report) -> str:
    """As the command line takes it."""
    account = found.standing.account if found.standing else None
    return shlex.quote(account.number or account.name) if account else ""


def _list_command(found: Report) -> str:
    return f"portal payment list {_customer(found)}"


def _record_command(found: Report) -> str:
    notice, account = found.notice, found.standing.account if found.standing else None
    if notice is None or account is None:
        return "portal payment record --help"
    method = notice.method if notice.method in _RECORDED else "METHOD"
    amount = _plain(notice.amount_cents, found)
    return f"portal payment record {_customer(found)} {amount} --method {method} --received DATE"


def _plain(cents: int, found: Report) -> str:
    """As the command line takes it, in the customer's currency."""
    return plain(cents, found.standing.account.currency if found.standing else found.policy.currency)


def _refund_command(found: Report) -> str:
    return f"portal refund {receipt_number(found.receipt.payment)}" if found.receipt else "portal refund"


_KINDS: Mapping[str, Callable[[Report, Words], Told]] = {
    "seller_dispute": about_dispute,
    "seller_refund": _refund,
    "seller_refund_failed": _refund_failed,
    "seller_overpaid": _overpaid,
    "seller_notice": _notice,
    "seller_breaks": _breaks,
    "seller_method_ended": method_ended,
    "seller_collect_stopped": collect_stopped,
}

"""The evidence of a plan as a paper: tables of names and what they are, with times to the second in UTC.

People, browsers and cards are named as they were when something was agreed to, not as they are now.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.actions.plan_evidence import Evidence
from portal.actions.policies import Policy
from portal.records.accounts import AccountRow
from portal.records.plan_consents import ConsentRow
from portal.records.plans import EventRow
from portal.rules.methods import shown
from portal.templating import render
from portal.views import plan_terms
from portal.views.papers import frame
from portal.wording import Words


def paper(found: Evidence, account: AccountRow, policy: Policy, words: Words) -> str:
    """The HTML of the bundle's PDF."""
    agreement = found.agreement
    context = {
        **frame(policy, account),
        "customer": {"name": agreement.terms["customer"]["name"], "address": []},
        "number": found.plan.number,
        "terms": agreement.terms,
        "consents": list(agreement.consents.values()),
        "digest": plan_terms.digest(agreement.terms),
        "sections": [
            {"title": words.text("Acceptance"), "rows": _acceptance(found, words)},
            *({"title": words.text("Choice of what is charged"), "rows": _chosen(row, words)} for row in found.chosen),
            *({"title": words.text("Authorization to charge"), "rows": each} for each in _authorized(found, words)),
            {"title": words.text("Letters sent"), "rows": _sent(found)},
            {"title": words.text("What happened"), "rows": [_event(event, words) for event in found.events]},
            {"title": words.text("Charges tried"), "rows": _tries(found, words)},
        ],
    }  # fmt: skip
    return render("pdf/evidence.html", context, policy.locale)


def _acceptance(found: Evidence, words: Words) -> list[tuple[str, str]]:
    agreement = found.agreement
    return [
        (words.text("Name typed"), agreement.name),
        (words.text("Contact"), _contact(agreement.contact_name, agreement.contact_email)),
        (words.text("Code sent there and typed in this browser"), _utc(agreement.confirmed_at)),
        (words.text("Browser when the code was typed"), agreement.confirmed_in),
        (words.text("Terms shown"), _utc(agreement.shown_at)),
        (words.text("Accepted"), _utc(agreement.accepted_at)),
        (words.text("Network address"), agreement.address),
        (words.text("Browser"), agreement.user_agent),
        (words.text("SHA-256 of the agreement (PDF)"), agreement.pdf_sha256.hex()),
    ]


def _chosen(row: ConsentRow, words: Words) -> list[tuple[str, str]]:
    return [
        (words.text("Card or account"), _method(row, words)),
        (words.text("Contact"), _contact(row.contact_name, row.contact_email)),
        (words.text("Words shown"), _utc(row.shown_at)),
        (words.text("Agreed to"), _utc(row.agreed_at)),
        (words.text("Network address"), row.address),
        (words.text("Browser"), row.user_agent),
        (words.text("Words agreed to"), row.words),
        (words.text("SHA-256 of these words"), row.words_sha256.hex()),
    ]


def _method(row: ConsentRow, words: Words) -> str:
    if row.method_id is not None:
        return _called(row._asdict())
    if row.kind == "card":
        return words.text("A new card, to be saved on Stripe’s page")
    return words.text("A new bank account, to be saved on Stripe’s page")


def _authorized(found: Evidence, words: Words) -> list[list[tuple[str, str]]]:
    return [
        [
            (words.text("Card or account"), _called(row.saved_as)),
            (words.text("Saved"), _utc(row.saved_at)),
            (words.text("Ended"), _utc(row.ended_at) if row.ended_at else words.text("No")),
            (words.text("Stripe customer"), row.customer_id),
            (words.text("Stripe payment method"), row.payment_method_id),
            (words.text("Mandate"), row.mandate_id or words.text("None: a card")),
            (words.text("Words agreed to"), row.consent),
        ]
        for row in found.authorized
    ]


def _tries(found: Evidence, words: Words) -> list[tuple[str, str]]:
    positions: Mapping[int, int] = {row.id: row.position for row in found.collected}
    return [
        (
            _utc(row.tried_at),
            words.text(
                "Payment %(position)s, try %(number)s: %(amount)s, %(outcome)s",
                position=positions[row.collection_id],
                number=row.number,
                amount=words.money(row.amount_cents),
                outcome=" ".join(filter(None, (row.outcome or "?", row.code))),
            ),
        )
        for row in found.tries
    ]


def _sent(found: Evidence) -> list[tuple[str, str]]:
    return [(_utc(row.sent_at), f"{row.kind}, {row.email}, {row.message_id}") for row in found.sent]


def _event(event: EventRow, words: Words) -> tuple[str, str]:
    parts = [event.kind, event.actor]
    if event.position is not None:
        parts.append(words.text("payment %(position)s", position=event.position))
    if event.amount_cents is not None:
        parts.append(words.money(event.amount_cents))
    return _utc(event.at), ", ".join(parts) + (f": {event.words}" if event.words else "")


def _contact(name: str, email: str) -> str:
    return f"{name}, {email}" if name else email


def _called(kept: Mapping[str, Any]) -> str:
    """`Visa •••• 4242, 04/29`, of what was kept."""
    called = shown(kept["name"], kept["last4"])
    return f"{called}, {kept['exp_month']:02d}/{kept['exp_year'] % 100:02d}" if kept["exp_month"] else called


def _utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")

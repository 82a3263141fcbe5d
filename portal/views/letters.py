"""Letters in words. Each is a draft until its PDF, if it has one, is drawn outside of any transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal import links
from portal.actions import links as link_actions
from portal.actions import receipts, statements
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.gateways.mailer import Attachment, OutgoingLetter
from portal.gateways.pdf import render_pdf
from portal.records import Session, accounts, attempts, ledger, letters
from portal.records import links as link_records
from portal.records.accounts import ContactRow
from portal.records.letters import LetterRow
from portal.rules.dates import local_day
from portal.templating import Letter, asset_root, initials, render_letter
from portal.views import payments as payment_view
from portal.views import statements as statement_view
from portal.views.papers import receipt_paper
from portal.wording import Words


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that still lacks its attachment."""

    contact: ContactRow
    message_id: str
    reply_to: str
    words: Letter
    paper: str | None = None
    file_name: str = ""

    def finished(self) -> OutgoingLetter:
        """The letter to be handed over; drawing a PDF takes half a second, so not in a transaction."""
        attachments: tuple[Attachment, ...] = ()
        if self.paper is not None:
            drawn = render_pdf(self.paper, assets=asset_root("static"))
            attachments = (Attachment(self.file_name, "application/pdf", drawn),)
        return OutgoingLetter(
            to_name=self.contact.name,
            to_email=self.contact.email,
            subject=self.words.subject,
            text=self.words.text,
            html=self.words.html,
            message_id=self.message_id,
            reply_to=self.reply_to,
            attachments=attachments,
        )


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """What a pay link is made of: the keys that sign it, and the address of the site."""

    keys: Sequence[str]
    base_url: str


def compose(session: Session, letter: LetterRow, maker: LinkMaker, *, policy: Policy, now: datetime) -> Draft:
    """The letter as of now, with a fresh pay link, which stays the same when the letter is sent again."""
    account = accounts.by_id(session, letter.account_id)
    contact = accounts.contact(session, letter.contact_id)
    words = Words(policy.locale, account.currency, policy.time_zone, policy.today)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    href, expires_at = _link(session, letter, maker, policy, now)
    frame: dict[str, object] = {
        "seller": {
            "name": policy.seller_name,
            "initials": initials(policy.seller_name),
            "email": policy.seller_email,
            "phone": policy.seller_phone,
            "address": policy.seller_address.splitlines(),
        },
        "customer": account.name,
        "name": contact.name,
        "href": href,
    }
    if letter.kind in ("link", "statement"):
        context = _invitation(standing, letter, words) | {
            "expires": words.date(local_day(expires_at, policy.time_zone))
        }
        return Draft(
            contact, letter.message_id, policy.seller_email, render_letter("link", frame | context, policy.locale)
        )
    if letter.kind == "receipt":
        return _receipt(session, letter, standing, contact, policy, words, frame)
    context = _about_attempt(session, letter, words)
    return Draft(
        contact, letter.message_id, policy.seller_email, render_letter(letter.kind, frame | context, policy.locale)
    )


def _link(session: Session, letter: LetterRow, maker: LinkMaker, policy: Policy, now: datetime) -> tuple[str, datetime]:
    if letter.link_id is None:
        link = link_actions.create_link(
            session,
            account_id=letter.account_id,
            contact_id=letter.contact_id,
            charge_id=letter.charge_id,
            now=now,
            expires_at=now + timedelta(days=policy.link_days),
            actor="letter",
        )
        letters.give_link(session, letter.id, link.id)
    else:
        link = link_records.by_id(session, letter.link_id)
    token = links.sign(maker.keys, link.public_id, link.version)
    return f"{maker.base_url}/l/{token}", link.expires_at


def _invitation(standing: Standing, letter: LetterRow, words: Words) -> dict[str, object]:
    """A link to the whole account, or to one document of it."""
    shared: dict[str, object] = {"asked": letter.kind == "link"}
    charge = standing.charges.get(letter.charge_id) if letter.charge_id is not None else None
    if charge is None:
        above = statement_view.heading(standing, words)
        return shared | {
            "document": "",
            "due": "",
            "offers": statement_view.offers(standing, words),
            **{key: above[key] for key in ("as_of", "balance_cents", "balance", "overdue")},
        }
    row = next(each for each in standing.statement.rows if each.item.charge_id == charge.id)
    return shared | {
        "document": charge.number,
        "as_of": words.date(standing.on),
        "balance_cents": charge.open_cents,
        "balance": words.money(charge.open_cents),
        "overdue": words.money(row.item.parts.payable_cents) if row.days_past_due else "",
        "due": words.date(charge.due_on),
        "offers": statement_view.offers(standing, words, only=charge.id),
    }


def _receipt(
    session: Session,
    letter: LetterRow,
    standing: Standing,
    contact: ContactRow,
    policy: Policy,
    words: Words,
    frame: Mapping[str, object],
) -> Draft:
    assert letter.payment_id is not None
    payment = ledger.payment_by_id(session, letter.payment_id)
    found = receipts.load(session, payment, on=policy.today)
    seen = payment_view.receipt(found, words, base="")
    balance_cents = standing.statement.balance.balance_cents
    context = {
        "amount": words.money(payment.amount_cents),
        "received": words.date(payment.received_on),
        "method": payment_view.method_name(payment.method, words),
        "number": payment_view.receipt_number(payment),
        "items": [
            {
                "number": row.number,
                "pay": words.money(row.amount_cents),
                "discount": words.money_or_nothing(row.discount_cents),
            }
            for row in found.applied
        ],
        "credit": seen["credit"],
        "balance_cents": balance_cents,
        "balance": words.money(abs(balance_cents)),
    }
    return Draft(
        contact,
        letter.message_id,
        policy.seller_email,
        render_letter("receipt", {**frame, **context}, policy.locale),
        paper=receipt_paper(found, standing.account, policy, words),
        file_name=f"receipt-{payment_view.receipt_number(payment)}.pdf",
    )


def _about_attempt(session: Session, letter: LetterRow, words: Words) -> dict[str, object]:
    """A bank debit that was started, or one that came to nothing."""
    assert letter.attempt_id is not None
    attempt = attempts.by_id(session, letter.attempt_id)
    context: dict[str, object] = {
        "amount": words.money(attempt.amount_cents),
        "started": words.date(local_day(attempt.processing_at or attempt.created_at, words.time_zone)),
        "items": [
            {
                "number": line.number,
                "pay": words.money(line.pay_cents),
                "discount": words.money_or_nothing(line.discount_cents),
            }
            for line in attempts.quoted(session, attempt.id)
        ],
        "credit": "",
    }
    if letter.kind == "processing":
        return context | {"arrival": payment_view.arrival(attempt, words)}
    return context | {"reason": payment_view.reason(attempt, words), "discount_until": ""}

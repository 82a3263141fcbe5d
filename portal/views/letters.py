"""Letters in words. Each is a draft until its PDF, if it has one, is drawn outside of any transaction."""

from dataclasses import dataclass

from portal.actions.correspondence import Correspondence
from portal.actions.policies import Policy
from portal.actions.receipts import Receipt
from portal.gateways.mailer import Attachment, OutgoingLetter
from portal.gateways.pdf import render_pdf
from portal.records.attempts import AttemptRow
from portal.rules.dates import local_day
from portal.templating import Letter, asset_root, initials, render_letter
from portal.views import collection_letters, method_letters, plan_letters, reversal_letters
from portal.views import payments as payment_view
from portal.views import receipts as receipt_view
from portal.views import statements as statement_view
from portal.views.dispute_letters import about_dispute
from portal.views.papers import receipt_paper
from portal.wording import Words


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that still lacks its attachment: `paper` is to be drawn, `kept_paper` a PDF that is there already."""

    to_name: str
    to_email: str
    message_id: str
    reply_to: str
    words: Letter
    paper: str | None = None
    file_name: str = ""
    kept_paper: bytes | None = None

    def finished(self) -> OutgoingLetter:
        """The letter to be handed over; drawing a PDF takes half a second, so not in a transaction."""
        drawn = self.kept_paper
        if self.paper is not None:
            drawn = render_pdf(self.paper, assets=asset_root("static"))
        attachments = () if drawn is None else (Attachment(self.file_name, "application/pdf", drawn),)
        return OutgoingLetter(
            to_name=self.to_name,
            to_email=self.to_email,
            subject=self.words.subject,
            text=self.words.text,
            html=self.words.html,
            message_id=self.message_id,
            reply_to=self.reply_to,
            attachments=attachments,
        )


def compose(found: Correspondence, *, href: str) -> Draft:
    """The letter in words; `href` is the address of its pay link."""
    policy, account = found.policy, found.standing.account
    words = policy.words(account.currency)
    context: dict[str, object] = {
        "seller": seller(policy),
        "customer": account.name,
        "name": found.contact.name,
        "href": href,
    }
    kind, paper, kept_paper, file_name = found.letter.kind, None, None, ""
    if found.receipt is not None and kind in reversal_letters.KINDS:
        context |= reversal_letters.about_reversal(found, found.receipt, words)
    elif found.receipt is not None:
        context |= _receipt(found, found.receipt, words)
        paper = receipt_paper(found.receipt, account, policy, words)
        file_name = f"receipt-{receipt_view.receipt_number(found.receipt.payment)}.pdf"
    elif found.attempt is not None:
        context |= _about_attempt(found, found.attempt, words)
    elif found.dispute is not None and kind.startswith("dispute_"):
        context |= about_dispute(kind, found.dispute, words)
    elif found.plan is not None and kind in plan_letters.KINDS:
        context |= plan_letters.about_plan(kind, found.plan, policy, words)
        if kind == "plan_accepted":
            kept_paper, file_name = found.plan.paper, f"agreement-{found.plan.plan.number}.pdf"
    elif kind in collection_letters.KINDS:
        context |= collection_letters.about_collection(found, words)
        kind = "collect"
    elif found.method is not None and kind in method_letters.KINDS:
        context |= method_letters.about_method(kind, found.method, words)
        kind = "collect"
    else:
        kind = "link"
        context |= _invitation(found, words)
    return Draft(
        to_name=found.contact.name,
        to_email=found.contact.email,
        message_id=found.letter.message_id,
        reply_to=policy.seller_email,
        words=render_letter(kind, context, policy.locale),
        paper=paper,
        file_name=file_name,
        kept_paper=kept_paper,
    )


def seller(policy: Policy) -> dict[str, object]:
    """Who every letter is from."""
    return {
        "name": policy.seller_name,
        "initials": initials(policy.seller_name),
        "email": policy.seller_email,
        "phone": policy.seller_phone,
        "address": policy.seller_address.splitlines(),
    }


def _invitation(found: Correspondence, words: Words) -> dict[str, object]:
    """A link to the whole account, or to one document of it."""
    standing, charge = found.standing, found.charge
    shared: dict[str, object] = {
        "asked": found.letter.kind == "link",
        "expires": words.date(local_day(found.link.expires_at, words.time_zone)),
        "offers": statement_view.offers(standing, words, only=charge.id if charge else None),
    }
    if charge is None:
        plan = found.plan.plan.number if found.plan and found.link.plan_id else ""
        above = statement_view.heading(standing, words)
        seen = {key: above[key] for key in ("as_of", "balance_cents", "balance", "overdue")}
        return shared | seen | {"document": "", "dispute": "", "plan": plan, "due": ""}
    row = next((each for each in standing.statement.rows if each.item.charge_id == charge.id), None)
    return shared | {
        "document": charge.number,
        "dispute": found.dispute.dispute.number if found.dispute else "",
        "plan": "",
        "as_of": words.date(standing.on),
        "balance_cents": charge.open_cents,
        "balance": words.money(charge.open_cents),
        "overdue": words.money(row.item.parts.payable_cents) if row and row.days_past_due else "",
        "due": words.date(charge.due_on),
    }


def _receipt(found: Correspondence, receipt: Receipt, words: Words) -> dict[str, object]:
    payment = receipt.payment
    balance_cents = found.standing.statement.balance.balance_cents
    return {
        "amount": words.money(payment.amount_cents),
        "received": words.date(payment.received_on),
        "method": payment_view.method_name(payment.method, words),
        "number": receipt_view.receipt_number(payment),
        "items": [_item(row.number, row.amount_cents, row.discount_cents, words) for row in receipt.standing],
        "notice": receipt_view.notice(receipt, words),
        "rest": receipt_view.rest(receipt, words),
        "balance_cents": balance_cents,
        "balance": words.money(abs(balance_cents)),
    }


def _about_attempt(found: Correspondence, attempt: AttemptRow, words: Words) -> dict[str, object]:
    """A bank debit that was started, or one that came to nothing."""
    context: dict[str, object] = {
        "amount": words.money(attempt.amount_cents),
        "started": words.date(local_day(attempt.processing_at or attempt.created_at, words.time_zone)),
        "items": [_item(line.number, line.pay_cents, line.discount_cents, words) for line in found.quoted],
        "rest": [],
    }
    if found.letter.kind == "processing":
        return context | {"arrival": payment_view.arrival(attempt, words)}
    charge_ids = {line.charge_id for line in found.quoted}
    return context | {
        "reason": payment_view.reason(attempt, words),
        "discount_until": reversal_letters.repay_until(found.standing, charge_ids, words),
    }


def _item(number: str, pay_cents: int, discount_cents: int, words: Words) -> dict[str, str]:
    return {
        "number": number,
        "pay": words.money(pay_cents),
        "discount": words.money_or_nothing(discount_cents),
    }

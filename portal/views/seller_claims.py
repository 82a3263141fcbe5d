"""Letters to the seller about customers' disputes: one for each thing they do, or one a day with what waits."""

from collections.abc import Callable, Mapping

from portal.actions.correspondence import Report
from portal.actions.dispute_facts import DisputeFacts, Waiting
from portal.actions.policies import Policy
from portal.records.accounts import AccountRow
from portal.rules import disputes as rules
from portal.templating import render_letter
from portal.views.dispute_letters import line_name, line_reason, offer_words, paragraphs
from portal.views.letters import Draft, seller
from portal.wording import Words

# Longer lists are read in the browser.
_MOST_LISTED = 25


def compose_claim(found: Report, *, base_url: str) -> Draft:
    """The letter in words, with the address of the page on which the dispute is worked."""
    account = found.standing.account if found.standing else None
    words = found.policy.words(account.currency if account else found.policy.currency)
    if found.dispute is None:
        return draft(found, _digest(found, words, base_url))
    href = f"{base_url}/admin/disputes/{found.dispute.dispute.public_id}"
    return draft(found, {**_told(found, found.dispute, words), "href": href})


def draft(found: Report, told: Mapping[str, object]) -> Draft:
    """A letter of claims to the seller: what is told over what such a letter has where nothing is."""
    policy, account = found.policy, found.standing.account if found.standing else None
    context: dict[str, object] = {
        "seller": seller(policy),
        "customer": account.name if account else "",
        "words": [],
        "facts": [],
        "waiting": [],
        "more": "",
        **told,
    }
    return Draft(
        to_name=policy.seller_name,
        to_email=policy.seller_email,
        message_id=found.letter.message_id,
        reply_to="",
        words=render_letter("seller_claim", context, policy.locale),
    )


def customer_name(account: AccountRow) -> str:
    """With the number that the seller knows them by, if they have one."""
    return f"{account.name} ({account.number})" if account.number else account.name


def _told(found: Report, facts: DisputeFacts, words: Words) -> dict[str, object]:
    title, said = _DEEDS[found.letter.kind](facts, words)
    now = _now(facts, words)
    return {
        "title": title,
        "said": f"{said} {now}" if now else said,
        "words": paragraphs(facts.answered) if found.letter.kind in _WITH_WORDS else [],
        "facts": [{"name": name, "value": value} for name, value in _facts(found, facts, words) if value],
        "button": words.text("Open the dispute"),
    }


def _facts(found: Report, facts: DisputeFacts, words: Words) -> list[tuple[str, str]]:
    lines = facts.lines
    return [
        (words.text("Customer"), customer_name(found.standing.account) if found.standing else ""),
        (words.text("Invoice"), facts.charge.number),
        *((line_name(facts, line, words), line_reason(facts, line, words)) for line in lines),
        (
            words.text("Disputed, tax included"),
            words.money(sum(line.disputed_net_cents + line.disputed_tax_cents for line in lines)),
        ),
    ]


def _now(facts: DisputeFacts, words: Words) -> str:
    """Whose turn it is when the letter goes out."""
    dispute = facts.dispute
    turn = rules.turn(dispute.state)  # type: ignore[arg-type]
    if turn is None or dispute.reply_by is None:
        return ""
    if turn == "seller":
        return words.text("It is your turn: answer by %(date)s.", date=words.date(dispute.reply_by))
    return words.text("It is the customer's turn, until %(date)s.", date=words.date(dispute.reply_by))


def _digest(found: Report, words: Words, base_url: str) -> dict[str, object]:
    listed, count = found.waiting[:_MOST_LISTED], len(found.waiting)
    if not count:
        title, said = words.text("No dispute waits for you"), words.text("Those that did have been dealt with since.")
    else:
        title = words.count("%(num)s dispute waits for you", "%(num)s disputes wait for you", count)
        said = words.text("The most urgent first.")
    others = count - len(listed)
    return {
        "title": title,
        "said": said,
        "waiting": [_row(each, found.policy, base_url) for each in listed],
        "more": words.count("And %(num)s other.", "And %(num)s others.", others) if others else "",
        "button": words.text("Open the list of disputes"),
        "href": f"{base_url}/admin/disputes",
    }


def _row(each: Waiting, policy: Policy, base_url: str) -> dict[str, str]:
    words, dispute = policy.words(each.account.currency), each.dispute
    days = (policy.today - dispute.filed_on).days
    age = words.count("%(num)s day old", "%(num)s days old", days) if days else words.text("filed today")
    by = words.text("answer by %(date)s", date=words.date(dispute.reply_by)) if dispute.reply_by else ""
    return {
        "name": f"{dispute.number}, {each.account.name}",
        "value": ", ".join(part for part in (words.money(each.cents), age, by) if part),
        "href": f"{base_url}/admin/disputes/{dispute.public_id}",
    }


def _filed(facts: DisputeFacts, words: Words) -> tuple[str, str]:
    title = words.text("New dispute %(number)s", number=facts.dispute.number)
    return title, words.text("A customer says that something is wrong with an invoice.")


def _answered(facts: DisputeFacts, words: Words) -> tuple[str, str]:
    title = words.text("Answer to dispute %(number)s", number=facts.dispute.number)
    return title, words.text("The customer has written.")


def _agreed(facts: DisputeFacts, words: Words) -> tuple[str, str]:
    title = words.text("Offer accepted: dispute %(number)s", number=facts.dispute.number)
    said = words.text("The customer has accepted your offer, and the dispute is closed.")
    if facts.agreed is None:
        return title, said
    offered = words.text("You had offered:")
    if facts.agreed.kind == "replacement":
        return title, f"{said} {words.text('Send the goods once more.')}"
    return title, f"{said} {offered} {offer_words(facts.agreed, words)}"


def _declined(facts: DisputeFacts, words: Words) -> tuple[str, str]:
    title = words.text("Offer declined: dispute %(number)s", number=facts.dispute.number)
    return title, words.text("The customer does not accept your offer.")


def _withdrawn(facts: DisputeFacts, words: Words) -> tuple[str, str]:
    title = words.text("Withdrawn: dispute %(number)s", number=facts.dispute.number)
    return title, words.text(
        "The customer has withdrawn the dispute. The invoice stands as it was; nothing is left to do."
    )


def _reopened(facts: DisputeFacts, words: Words) -> tuple[str, str]:
    title = words.text("Opened again: dispute %(number)s", number=facts.dispute.number)
    return title, words.text("The customer asks you to look at your decision once more. The next one is final.")


def _unanswered(facts: DisputeFacts, words: Words) -> tuple[str, str]:
    title = words.text("No answer: dispute %(number)s", number=facts.dispute.number)
    return title, words.text("The customer's days to answer are over.")


_WITH_WORDS = ("seller_claim_filed", "seller_claim_answered", "seller_claim_declined", "seller_claim_reopened")
_DEEDS: Mapping[str, Callable[[DisputeFacts, Words], tuple[str, str]]] = {
    "seller_claim_filed": _filed,
    "seller_claim_answered": _answered,
    "seller_claim_agreed": _agreed,
    "seller_claim_declined": _declined,
    "seller_claim_withdrawn": _withdrawn,
    "seller_claim_reopened": _reopened,
    "seller_claim_unanswered": _unanswered,
}

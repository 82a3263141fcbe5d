"""A customer confirms a charge that the bank would not make without them: the one confirmation with somebody there."""

from dataclasses import dataclass
from datetime import datetime

from portal.actions import collection_endings, collection_facts, collection_sums, payments, policies
from portal.actions.collection_facts import CollectionFacts
from portal.actions.policies import Policy
from portal.gateways import stripe_collecting
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import Session, accounts, attempts, collections
from portal.records.attempts import AttemptRow
from portal.resources import Resources
from portal.rules.refusals import Conflict, NotFound, Refusal


@dataclass(frozen=True, slots=True)
class Asked:
    """A charge that waits for its customer; `attempt` is None where it does not any more."""

    facts: CollectionFacts
    attempt: AttemptRow | None


def load(session: Session, account_id: int, public_id: str, *, policy: Policy) -> Asked:
    """One of the account's; NotFound for any other."""
    row = collections.find(session, account_id, public_id)
    if row is None:
        raise NotFound("This payment is not part of the account that your link opens.")
    facts = collection_facts.load(session, row.id, policy=policy)
    live = collections.live_attempt(session, row.id) if row.state == "confirming" else None
    return Asked(facts, live if live is not None and live.state == "open" else None)


def confirm(resources: Resources, account_id: int, public_id: str, *, now: datetime) -> str:
    """Charge it with the customer there, and answer where the browser goes on: to the bank, or to what became of it.

    Raises Conflict where nothing waits to be confirmed, and a Refusal where Stripe cannot be asked.
    """
    with resources.reading() as session:
        policy = policies.load(session, now=now)
        asked = load(session, account_id, public_id, policy=policy)
        account = accounts.by_id(session, account_id)
        is_right = asked.attempt is not None and _is_right(session, asked, policy=policy)
    if asked.attempt is None:
        raise _over()
    stripe = resources.stripe
    if stripe is None:
        raise Refusal("Paying online is not set up yet. Please contact us to arrange payment.", status=503)
    try:
        if not is_right:
            collection_endings.end(resources, stripe, asked.attempt, now=now)
            raise _over()
        address = f"{resources.settings.base_url}/a/{account.public_id}/payments/{asked.attempt.public_id}"
        return _confirm(resources, stripe, asked, asked.attempt, address, now=now)
    except (StripeUnavailable, StripeRefused, payments.Contended, payments.Mismatch):
        raise Refusal(
            "Your bank cannot be asked at the moment. Try again in a minute, or pay by hand.", status=503
        ) from None


def _confirm(
    resources: Resources, stripe: StripeCheckouts, asked: Asked, attempt: AttemptRow, address: str, *, now: datetime
) -> str:
    # A key of its own for each press: after a failed answer the bank may be asked again, and the intent succeeds once.
    intent = stripe_collecting.confirm_on_session(
        stripe,
        attempt.payment_intent_id or "",
        payment_method_id=asked.facts.method.payment_method_id,
        return_url=address,
        idempotency_key=f"collect-{attempt.public_id}-here-{now.isoformat()}",
    )
    if intent.next_url is not None:
        return intent.next_url
    payments.sync_payment(resources, attempt.id, now=now)
    return address


def _is_right(session: Session, asked: Asked, *, policy: Policy) -> bool:
    """Whether it still asks for what is open."""
    found = collection_sums.allowed(session, asked.facts.row, policy=policy)
    if found is None or asked.attempt is None:
        return False
    return collection_sums.is_quoted(attempts.quoted(session, asked.attempt.id), found)


def _over() -> Conflict:
    return Conflict("This payment does not wait to be confirmed any more. Look at your statement to see what is due.")

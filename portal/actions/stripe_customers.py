"""The customer at Stripe whom an account's saved methods belong to: made when the first of them is to be saved."""

import hashlib
from datetime import datetime

from portal.gateways import stripe_saving
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_values import StripeRefused
from portal.records import accounts, ledger, saved_methods
from portal.resources import Resources


def customer_id(
    resources: Resources, stripe: StripeCheckouts, account_id: int, *, gone: str = "", now: datetime
) -> str:
    """The account's customer, made at Stripe where there is none, or only the one that is `gone` there.

    Raises StripeUnavailable, StripeRefused.
    """
    with resources.reading() as session:
        known = saved_methods.stripe_customer(session, account_id)
        account = accounts.by_id(session, account_id)
        contacts = accounts.contacts_of(session, account_id)
    if known not in (None, gone):
        return str(known)
    email = contacts[0].email if contacts else ""
    metadata = {"instance": resources.settings.instance, "account": account.public_id}
    # Two at once get the same one; a failure that Stripe remembers is over within the hour.
    said = hashlib.sha256(f"{account.name}\n{email}".encode()).hexdigest()[:16]
    key = f"customer-{account.public_id}-{said}-{now:%Y%m%d%H}{gone}"
    try:
        made = stripe_saving.create_customer(
            stripe, name=account.name, email=email, metadata=metadata, idempotency_key=key
        )
    except StripeRefused as refused:
        if refused.code != "email_invalid":
            raise
        made = stripe_saving.create_customer(
            stripe, name=account.name, email="", metadata=metadata, idempotency_key=f"{key}-without-email"
        )
    with resources.writing() as session:
        ledger.lock_account(session, account_id)
        known = saved_methods.stripe_customer(session, account_id)
        if known not in (None, gone):
            return str(known)
        saved_methods.set_stripe_customer(session, account_id, made)
    return made

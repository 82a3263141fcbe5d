"""Stripe's test cards and test bank accounts, and what each of them does (https://docs.stripe.com/testing)."""

from typing import NamedTuple

ROUTING_NUMBER = "110000000"


class Refusal(NamedTuple):
    code: str
    decline_code: str | None
    message: str


class Behaviour(NamedTuple):
    """What happens when it is charged. `challenge`: never, unless_set_up, always. `fate` of a bank debit:
    succeeds, fails, disputed, stays."""

    refusal: Refusal | None = None
    challenge: str = "never"
    fate: str = "succeeds"


_DECLINED = Refusal("card_declined", "generic_decline", "Your card was declined.")
_NO_FUNDS = Refusal("card_declined", "insufficient_funds", "Your card has insufficient funds.")
EXPIRED = Refusal("expired_card", None, "Your card has expired.")
NEEDS_AUTHENTICATION = Refusal(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)
# What the dashboard lets a saved method be declined with.
CARD_REFUSALS = {
    "insufficient_funds": _NO_FUNDS,
    "lost_card": Refusal("card_declined", "lost_card", "Your card was declined."),
    "authentication_required": NEEDS_AUTHENTICATION,
}
DEBIT_REFUSALS = {
    "insufficient_funds": Refusal("insufficient_funds", None, "The customer's account has insufficient funds."),
    "account_closed": Refusal("account_closed", None, "The customer's bank account has been closed."),
    "debit_not_authorized": Refusal("debit_not_authorized", None, "The customer has not authorized this debit."),
}
CARDS: dict[str, tuple[str, Behaviour]] = {
    "4242424242424242": ("visa", Behaviour()),
    "5555555555554444": ("mastercard", Behaviour()),
    "4000000000000002": ("visa", Behaviour(_DECLINED)),
    "4000000000009995": ("visa", Behaviour(_NO_FUNDS)),
    "4000000000000069": ("visa", Behaviour(EXPIRED)),
    "4000002500003155": ("visa", Behaviour(challenge="unless_set_up")),
    "4000002760003184": ("visa", Behaviour(challenge="always")),
    "4000000000000259": ("visa", Behaviour(fate="disputed")),
    "4000000000000341": ("visa", Behaviour(_DECLINED, "after_attaching")),
}


def _fails(code: str, message: str) -> Behaviour:
    return Behaviour(Refusal(code, None, message), fate="fails")


ACCOUNTS: dict[str, Behaviour] = {
    "000123456789": Behaviour(),
    "000111111113": _fails("account_closed", "The customer's bank account has been closed."),
    "000111111116": _fails("no_account", "The bank account could not be located."),
    "000222222227": _fails("insufficient_funds", "The customer's account has insufficient funds."),
    "000333333335": _fails("debit_not_authorized", "The customer has not authorized this debit."),
    "000555555559": Behaviour(fate="disputed"),
    "000000000009": Behaviour(fate="stays"),
}
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_createDispute": "4000000000000259",
    "pm_usBankAccount_success": "000123456789",
    "pm_usBankAccount_accountClosed": "000111111113",
    "pm_usBankAccount_noAccount": "000111111116",
    "pm_usBankAccount_insufficientFunds": "000222222227",
    "pm_usBankAccount_debitNotAuthorized": "000333333335",
    "pm_usBankAccount_dispute": "000555555559",
    "pm_usBankAccount_processing": "000000000009",
}

"""Why a charge of a saved card or bank account came to nothing, in words for whoever is to pay.

The codes are Stripe's: https://docs.stripe.com/declines/codes, and our own `came_back` and `not_told`.
"""

from portal.wording import Words

_NO_MONEY = "There was not enough money for it."
_LIMIT = "The limit of the card was reached."
_LOST = "The bank says that the card was reported lost or stolen."
_EXPIRED = "The card has expired."
_NUMBER = "The number of the card is not valid any more."
_UNUSABLE = "The bank does not let the card be used for this payment."
_CLOSED = "The bank account is closed."
_NO_ACCOUNT = "The bank could not find the account."
_REVOKED = "The bank was told not to allow these payments any more."
_NOT_AUTHORIZED = "The bank says that the debit was not authorized."
_CONFIRM = "The bank asks you to confirm the payment yourself."
_TROUBLE = "The bank could not be asked at that moment."
_UNKNOWN = "The bank declined the payment and gave no reason."

_SAID = {
    "account_closed": _CLOSED,
    "approve_with_id": _TROUBLE,
    "authentication_not_handled": _CONFIRM,
    "authentication_required": _CONFIRM,
    "bank_account_closed": _CLOSED,
    "came_back": "The bank has taken the payment back.",
    "card_not_supported": _UNUSABLE,
    "card_velocity_exceeded": _LIMIT,
    "currency_not_supported": _UNUSABLE,
    "debit_not_authorized": _NOT_AUTHORIZED,
    "expired_card": _EXPIRED,
    "incorrect_number": _NUMBER,
    "insufficient_funds": _NO_MONEY,
    "invalid_account": _NUMBER,
    "invalid_expiry_month": _NUMBER,
    "invalid_expiry_year": _NUMBER,
    "invalid_number": _NUMBER,
    "issuer_not_available": _TROUBLE,
    "lost_card": _LOST,
    "new_account_information_available": "The bank has given out a new card in its place.",
    "no_account": _NO_ACCOUNT,
    "not_permitted": _UNUSABLE,
    "not_told": "The letter that says so beforehand could not be sent.",
    "offline_pin_required": _CONFIRM,
    "payment_intent_authentication_failure": "The confirmation at the bank did not succeed.",
    "payment_intent_mandate_invalid": "The permission to debit the account has ended.",
    "payment_method_not_available": _TROUBLE,
    "pickup_card": _LOST,
    "processing_error": _TROUBLE,
    "reenter_transaction": _TROUBLE,
    "resource_missing": "It is not saved at our payment company any more.",
    "restricted_card": _UNUSABLE,
    "revocation_of_all_authorizations": _REVOKED,
    "revocation_of_authorization": _REVOKED,
    "stolen_card": _LOST,
    "stop_payment_order": _REVOKED,
    "transaction_not_allowed": _UNUSABLE,
    "try_again_later": _TROUBLE,
    "withdrawal_count_limit_exceeded": _LIMIT,
}


def why_declined(code: str, words: Words) -> str:
    """One sentence, also for a code that is newer than this."""
    return words.text(_SAID.get(code, _UNKNOWN))

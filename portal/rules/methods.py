"""What cards are called: Stripe's names for their brands are lower-case words."""

_BRANDS = {
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}


def shown(name: str, last4: str) -> str:
    """`Visa •••• 4242`, from the brand or the bank's name and the last digits, which may be missing."""
    called = _BRANDS.get(name, name)
    return f"{called} •••• {last4}" if last4 else called

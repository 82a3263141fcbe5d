"""Codes from an app: the secret that is shared with it, encrypted by the installation's own key, and each code once.

The secret is bound to whom it was made for, so that it is worth nothing in another's row.
"""

import base64
import hmac
from datetime import datetime, timedelta
from io import BytesIO

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from portal.rules.refusals import Refusal

STEP = timedelta(seconds=30)
_PURPOSE = b"staff.totp.v1"


def new_secret(keys: tuple[str, ...], staff_id: int, *, now: datetime) -> str:
    """A new secret, encrypted: to be shown as a drawing, and stored as soon as a code of it was shown."""
    plain = f"{staff_id}:{pyotp.random_base32()}"
    return _fernets(keys).encrypt_at_time(plain.encode(), int(now.timestamp())).decode()


def plain_secret(keys: tuple[str, ...], staff_id: int, encrypted: str) -> str:
    """The secret as the app gets it; a Refusal where no key of this installation opens it for this person."""
    try:
        owner, _, secret = _fernets(keys).decrypt(encrypted.encode()).decode().partition(":")
    except InvalidToken:
        owner, secret = "", ""
    if owner != str(staff_id):
        raise Refusal(
            "The secret of your codes cannot be read: this installation's keys have changed. "
            "Ask whoever runs it for `portal staff reset-second-factor`."
        )
    return secret


def is_outdated(keys: tuple[str, ...], encrypted: str) -> bool:
    """Whether an older key than the newest encrypted it: it must be encrypted anew before that one is dropped."""
    try:
        _fernets(keys[-1:]).decrypt(encrypted.encode())
    except InvalidToken:
        return True
    return False


def encrypted_anew(keys: tuple[str, ...], encrypted: str) -> str:
    """The same secret by the newest key."""
    return _fernets(keys).rotate(encrypted.encode()).decode()


def counter_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The time step that `code` belongs to, at most one step away from now; None where it is wrong."""
    typed = code.replace(" ", "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) == 6):
        return None
    app = pyotp.TOTP(secret)
    current = app.timecode(now)
    for counter in (current - 1, current, current + 1):
        if hmac.compare_digest(app.generate_otp(counter), typed):
            return counter
    return None


def code_at(secret: str, at: datetime) -> str:
    """What the app shows at that time."""
    return pyotp.TOTP(secret).at(at)


def drawing(secret: str, *, email: str, seller: str) -> str:
    """The secret as a QR code for the app to look at: an SVG element without styles of its own."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=seller or "Portal")
    drawn = BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, scale=4, border=3, light="#fff", svgclass="qr", lineclass=None
    )
    return drawn.getvalue().decode().strip()


def _fernets(keys: tuple[str, ...]) -> MultiFernet:
    """The newest key encrypts, every key decrypts."""
    derived = (hmac.digest(key.encode(), _PURPOSE, "sha256") for key in reversed(keys))
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])

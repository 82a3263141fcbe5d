"""Passkeys as a second factor: a device signs a challenge, after it has made sure by finger, face or PIN who holds it.

A challenge is kept in the session, is good for one answer, and is used up by it, whether the answer is right or not.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address

import structlog
import webauthn
from webauthn.helpers import generate_challenge, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from admin.access.sessions import Held
from portal.records import Session, second_factors, staff_sessions
from portal.records.second_factors import PasskeyRow
from portal.rules.refusals import Refusal
from portal.settings import Settings

# What comes from a browser may be anything; these are what the library says to that.
_MALFORMED = (WebAuthnException, ValueError, TypeError, KeyError)
# Many times what a device signs.
_LONGEST_ANSWER = 20_000

log = structlog.get_logger()


def are_possible(settings: Settings) -> bool:
    """A passkey belongs to a name: at a bare address there can be none, nor without https but on this machine."""
    try:
        ip_address(settings.host)
    except ValueError:
        return settings.is_https or settings.host == "localhost"
    return False


def ask_for_new(session: Session, held: Held, known: Sequence[PasskeyRow], *, settings: Settings, seller: str) -> str:
    """What the browser is to make a passkey from, as JSON, with a challenge that waits in the session."""
    options = webauthn.generate_registration_options(
        rp_id=settings.host,
        rp_name=seller or settings.host,
        user_id=held.staff.public_id.encode(),
        user_name=held.staff.email,
        user_display_name=held.staff.name,
        challenge=_challenge(session, held),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return webauthn.options_to_json(options)


def ask_for_known(session: Session, held: Held, known: Sequence[PasskeyRow], *, settings: Settings) -> str:
    """What one of the known passkeys is to sign, as JSON, with a challenge that waits in the session."""
    options = webauthn.generate_authentication_options(
        rp_id=settings.host,
        challenge=_challenge(session, held),
        allow_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def take_new(session: Session, held: Held, answer: str, *, name: str, settings: Settings, now: datetime) -> bool:
    """Keep the passkey that the browser made; False where the answer does not fit the challenge."""
    challenge = _used_up(session, held)
    if challenge is None:
        return False
    try:
        made = webauthn.verify_registration_response(
            credential=_parsed(answer),
            expected_challenge=challenge,
            expected_rp_id=settings.host,
            expected_origin=settings.base_url,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        log.warning("passkey.refused", why=type(error).__name__)
        return False
    if second_factors.is_known(session, made.credential_id):
        raise Refusal("This passkey is in use already.")
    second_factors.add_passkey(
        session,
        held.staff.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        now=now,
    )
    return True


def has_signed(session: Session, held: Held, answer: str, *, settings: Settings, now: datetime) -> PasskeyRow | None:
    """The passkey of theirs that has signed the challenge; None where none has.

    A device that counts, and whose count did not grow, may have been copied: its answer is not taken.
    """
    challenge = _used_up(session, held)
    if challenge is None:
        return None
    try:
        credential = parse_authentication_credential_json(_parsed(answer))
        known = second_factors.passkeys_of(session, held.staff.id)
        passkey = next(each for each in known if each.credential_id == credential.raw_id)
        signed = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=settings.host,
            expected_origin=settings.base_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (*_MALFORMED, StopIteration) as error:
        log.warning("passkey.refused", why=type(error).__name__, staff=held.staff.id)
        return None
    second_factors.use_passkey(session, passkey.id, sign_count=signed.new_sign_count, now=now)
    return passkey


def _challenge(session: Session, held: Held) -> bytes:
    challenge = generate_challenge()
    staff_sessions.set_challenge(session, held.session.id, challenge)
    return challenge


def _used_up(session: Session, held: Held) -> bytes | None:
    challenge = held.session.challenge
    return challenge if challenge and staff_sessions.take_challenge(session, held.session.id, challenge) else None


def _parsed(answer: str) -> dict[str, object]:
    if len(answer) > _LONGEST_ANSWER:
        raise ValueError("too long")
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found

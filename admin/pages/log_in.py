"""Logging in and out, and showing the second factor again. Every step gives the browser another secret."""

from starlette.responses import Response

from admin.access import accounts, log_in, passkeys, totp
from admin.access.log_in import Shown
from admin.access.sessions import Fresh, Held
from admin.web.addresses import CONFIRM, LOG_IN, own_address, with_next
from admin.web.cookies import STAFF
from admin.web.desk import held_by
from portal.actions.policies import Policy
from portal.records import second_factors
from portal.rules.refusals import NotFound, Refusal
from portal.web.render import html
from portal.web.visit import Arrival

SECOND_FACTOR = "/admin/second-factor"
ENROLMENT = "/admin/enrolment"

_WRONG = "The email address or the password is wrong. Try again, or ask an owner whether you have an account."
_WRONG_CODES = {
    "code": "That code is wrong or was used already. Wait for the next one that your app shows, and enter that.",
    "recovery_code": "That is none of your unused recovery codes. Enter another one.",
    "passkey": "The passkey did not work. Try again, or use a code.",
}
_NOTHING = "Enter the code that your app shows."


def ask(arrival: Arrival) -> Response:
    """The form for address and password."""
    return _password_form(arrival, 200, [])


def enter(arrival: Arrival) -> Response:
    """The password: on to the second factor, or the form again, which does not tell what was wrong."""
    try:
        fresh = log_in.with_password(
            arrival.resources,
            email=arrival.form.get("email", "")[:254],
            password=arrival.form.get("password", "")[:1000],
            visitor=arrival.visitor,
            browser=arrival.request.headers.get("user-agent", ""),
            before=held_by(arrival),
            now=arrival.now,
        )
    except Refusal as refusal:
        return _password_form(arrival, refusal.status, [{"field": "email", "text": refusal.sentence}])
    if fresh is None:
        return _password_form(arrival, 422, [{"field": "email", "text": _WRONG}])
    return _on(arrival, fresh, with_next(SECOND_FACTOR, _next(arrival)))


def ask_second(arrival: Arrival) -> Response:
    """The form for the second factor; whoever has none yet sets it up."""
    held = held_by(arrival)
    if held is None:
        return arrival.see(with_next(LOG_IN, _next(arrival)))
    if held.is_open:
        return arrival.see(_next(arrival))
    with arrival.resources.reading() as session:
        if not log_in.has_codes(session, held):
            return arrival.see(with_next(ENROLMENT, _next(arrival)))
    return _code_form(arrival, held, 200, [])


def show_second(arrival: Arrival) -> Response:
    """The second factor: in, or the form again."""
    held = held_by(arrival)
    if held is None:
        return arrival.see(with_next(LOG_IN, _next(arrival)))
    return _shown(arrival, held)


def ask_again(arrival: Arrival) -> Response:
    """The same form for somebody who is logged in, before what only they themselves may do."""
    held = held_by(arrival)
    if held is None or not held.is_open:
        return arrival.see(with_next(LOG_IN, _next(arrival)))
    return _code_form(arrival, held, 200, [])


def show_again(arrival: Arrival) -> Response:
    """The second factor again: on to where they were going."""
    held = held_by(arrival)
    if held is None or not held.is_open:
        return arrival.see(with_next(LOG_IN, _next(arrival)))
    return _shown(arrival, held)


def ask_to_enrol(arrival: Arrival) -> Response:
    """At the first log-in: a new secret as a drawing for the app. It counts when a code of it comes back."""
    held = _without_codes(arrival)
    if held is None:
        return arrival.see(with_next(LOG_IN, _next(arrival)))
    return enrolment_form(arrival, held, _secret(arrival, held), ENROLMENT, 200, [])


def enrol(arrival: Arrival) -> Response:
    """The first code of the app: in, by way of the recovery codes."""
    held = _without_codes(arrival)
    if held is None:
        return arrival.see(with_next(LOG_IN, _next(arrival)))
    secret = arrival.form.get("secret", "")
    codes = log_in.enrol(arrival.resources, held, secret=secret, code=arrival.form.get("code", ""), now=arrival.now)
    if codes is None:
        errors = [{"field": "code", "text": _WRONG_CODES["code"]}]
        return enrolment_form(arrival, held, secret, ENROLMENT, 422, errors)
    with arrival.resources.writing() as session:
        fresh = log_in.let_in(session, held, how="enrolment", visitor=arrival.visitor, now=arrival.now)
    response = recovery_codes_page(arrival, codes, _next(arrival))
    STAFF.keep(response, arrival.resources.settings, fresh.secret, expires_at=fresh.expires_at, now=arrival.now)
    return response


def challenge(arrival: Arrival) -> Response:
    """What a passkey is to sign, as JSON, for the script of the forms: a new one (`kind=new`) or a known one."""
    held = held_by(arrival)
    settings = arrival.resources.settings
    if held is None or not passkeys.are_possible(settings):
        raise NotFound("There is nothing to sign.")
    with arrival.resources.writing() as session:
        known = second_factors.passkeys_of(session, held.staff.id)
        if arrival.form.get("kind") != "new":
            options = passkeys.ask_for_known(session, held, known, settings=settings)
        elif held.is_open and held.is_confirmed(arrival.now):
            seller = arrival.policy(session).seller_name
            options = passkeys.ask_for_new(session, held, known, settings=settings, seller=seller)
        else:
            raise Refusal("Show your second factor first.", status=403)
    return Response(options, media_type="application/json")


def log_out(arrival: Arrival) -> Response:
    """The cookie opens nothing any more, in this browser or in any other."""
    held = held_by(arrival)
    if held is not None:
        with arrival.resources.writing() as session:
            accounts.log_out(session, held, now=arrival.now)
    response = arrival.see(f"{LOG_IN}?logged-out")
    STAFF.forget(response, arrival.resources.settings)
    return response


def enrolment_form(
    arrival: Arrival, held: Held, secret: str, action: str, status: int, errors: list[dict[str, str]]
) -> Response:
    """The drawing of an encrypted secret, and the field for its first code."""
    policy = _policy(arrival)
    plain = totp.plain_secret(arrival.resources.keys, held.staff.id, secret)
    context = {
        "action": action,
        "next": _next(arrival),
        "errors": errors,
        "secret": secret,
        "drawing": totp.drawing(plain, email=held.staff.email, seller=policy.seller_name),
        "plain": " ".join(plain[at : at + 4] for at in range(0, len(plain), 4)),
    }
    return html("admin/access/enrolment.html", context, policy=policy, status=status)


def recovery_codes_page(arrival: Arrival, codes: list[str], next_: str) -> Response:
    """The answer to the POST that made them, not a page of its own: they are shown this once."""
    return html("admin/access/recovery_codes.html", {"codes": codes, "next": next_}, policy=_policy(arrival))


def _shown(arrival: Arrival, held: Held) -> Response:
    form = arrival.form
    shown = Shown(form.get("code", ""), form.get("recovery_code", ""), form.get("passkey", ""))
    field = next((name for name in ("passkey", "recovery_code", "code") if getattr(shown, name)), "")
    if not field:
        return _code_form(arrival, held, 422, [{"field": "code", "text": _NOTHING}])
    try:
        fresh = log_in.with_second_factor(arrival.resources, held, shown, visitor=arrival.visitor, now=arrival.now)
    except Refusal as refusal:
        return _code_form(arrival, held, refusal.status, [{"field": "code", "text": refusal.sentence}])
    if fresh is None:
        where = "code" if field == "passkey" else field
        return _code_form(arrival, held, 422, [{"field": where, "text": _WRONG_CODES[field]}])
    return _on(arrival, fresh, _next(arrival))


def _without_codes(arrival: Arrival) -> Held | None:
    """Whose password was right, and who has never shown a code."""
    held = held_by(arrival)
    if held is None or held.is_open:
        return None
    with arrival.resources.reading() as session:
        return None if log_in.has_codes(session, held) else held


def _secret(arrival: Arrival, held: Held) -> str:
    return totp.new_secret(arrival.resources.keys, held.staff.id, now=arrival.now)


def _password_form(arrival: Arrival, status: int, errors: list[dict[str, str]]) -> Response:
    context = {
        "errors": errors,
        "next": _next(arrival),
        "email_value": arrival.form.get("email", "")[:254],
        "logged_out": "logged-out" in arrival.query,
    }
    return html("admin/access/log_in.html", context, policy=_policy(arrival), status=status)


def _code_form(arrival: Arrival, held: Held, status: int, errors: list[dict[str, str]]) -> Response:
    possible = passkeys.are_possible(arrival.resources.settings)
    with arrival.resources.reading() as session:
        policy = arrival.policy(session)
        has_passkeys = possible and bool(second_factors.passkeys_of(session, held.staff.id))
    context = {
        "errors": errors,
        "action": CONFIRM if held.is_open else SECOND_FACTOR,
        "next": _next(arrival),
        "again": held.is_open,
        "typed_lost": "again" in arrival.query,
        "has_passkeys": has_passkeys,
    }
    return html("admin/access/second_factor.html", context, policy=policy, status=status)


def _policy(arrival: Arrival) -> Policy:
    with arrival.resources.reading() as session:
        return arrival.policy(session)


def _next(arrival: Arrival) -> str:
    return own_address(arrival.form.get("next") or arrival.query.get("next", ""))


def _on(arrival: Arrival, fresh: Fresh, address: str) -> Response:
    response = arrival.see(address)
    STAFF.keep(response, arrival.resources.settings, fresh.secret, expires_at=fresh.expires_at, now=arrival.now)
    return response

"""One's own account: where one is logged in, and what proves that it is oneself."""

from starlette.responses import Response

from admin.access import accounts, log_in, passkeys, totp
from admin.pages.log_in import enrolment_form, recovery_codes_page
from admin.web.desk import StaffVisit
from portal.records import second_factors, staff_sessions
from portal.records.second_factors import PasskeyRow
from portal.rules.refusals import NotFound, Refusal
from portal.templating import format_moment

ACCOUNT = "/admin/account"
PASSWORD = "/admin/account/password"  # noqa: S105 (an address)
CODES_APP = "/admin/account/codes-app"

_ROLES = {"owner": "Owner", "collector": "Collector", "read_only": "Read only"}


def show(visit: StaffVisit) -> Response:
    """Who one is, one's sessions, passkeys and how many recovery codes are left."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        sessions = staff_sessions.of_staff(session, visit.staff.id, now=visit.now)
        keys = second_factors.passkeys_of(session, visit.staff.id)
        codes_left = second_factors.codes_left(session, visit.staff.id)
    context = {
        "role": _ROLES[visit.staff.role],
        "sessions": [
            {
                "began": format_moment(each.created_at, policy.time_zone, policy.locale),
                "ends": format_moment(each.expires_at, policy.time_zone, policy.locale),
                "address": each.address,
                "browser": each.browser,
                "is_this": each.id == visit.held.session.id,
                "end": f"{ACCOUNT}/sessions/{each.public_id}/end",
            }
            for each in sessions
        ],
        "passkeys": [
            {
                "name": each.name,
                "added": format_moment(each.created_at, policy.time_zone, policy.locale),
                "used": format_moment(each.used_at, policy.time_zone, policy.locale) if each.used_at else "",
                "remove": f"{ACCOUNT}/passkeys/{each.public_id}/removal",
            }
            for each in keys
        ],
        "passkeys_possible": passkeys.are_possible(visit.resources.settings),
        "codes_left": codes_left,
    }
    return visit.page("admin/access/account.html", context, policy=policy)


def end_session(visit: StaffVisit) -> Response:
    """Log out somewhere else, or here."""
    with visit.resources.writing() as session:
        accounts.end_session(session, visit.held, visit.path["session"], now=visit.now)
    return visit.see(ACCOUNT)


def end_other_sessions(visit: StaffVisit) -> Response:
    """Log out everywhere else."""
    with visit.resources.writing() as session:
        accounts.end_other_sessions(session, visit.held, now=visit.now)
    return visit.see(ACCOUNT)


def ask_password(visit: StaffVisit) -> Response:
    """The form for another password."""
    return _password_form(visit, 200, [])


def change_password(visit: StaffVisit) -> Response:
    """Another password: one's other sessions end."""
    old, new = visit.form.get("old", "")[:1000], visit.form.get("new", "")[:1000]
    if new != visit.form.get("again", ""):
        return _password_form(visit, 422, [{"field": "again", "text": "The two new passwords are not the same."}])
    try:
        accounts.change_password(visit.resources, visit.held, old=old, new=new, now=visit.now)
    except Refusal as refusal:
        errors = [{"field": refusal.field or "new", "text": refusal.sentence}]
        return _password_form(visit, refusal.status, errors)
    return visit.see(ACCOUNT)


def ask_codes(visit: StaffVisit) -> Response:
    """Before the old recovery codes stop working."""
    return _sure(
        visit,
        heading="Make new recovery codes",
        sentence="The old ones stop working at once. You see the new ones only this once: have paper at hand.",
        button="Make new codes",
    )


def make_codes(visit: StaffVisit) -> Response:
    """New recovery codes."""
    codes = accounts.new_recovery_codes(visit.resources, visit.held, now=visit.now)
    return recovery_codes_page(visit, codes, ACCOUNT)


def ask_app(visit: StaffVisit) -> Response:
    """A drawing for another phone; the one before it works until a code of the new one has come."""
    secret = totp.new_secret(visit.resources.keys, visit.staff.id, now=visit.now)
    return enrolment_form(visit, visit.held, secret, CODES_APP, 200, [])


def change_app(visit: StaffVisit) -> Response:
    """The first code of the other phone."""
    secret, code = visit.form.get("secret", ""), visit.form.get("code", "")
    codes = log_in.enrol(visit.resources, visit.held, secret=secret, code=code, now=visit.now)
    if codes is None:
        errors = [{"field": "code", "text": "That code is wrong. Enter the one that your app shows now."}]
        return enrolment_form(visit, visit.held, secret, CODES_APP, 422, errors)
    return recovery_codes_page(visit, codes, ACCOUNT)


def ask_passkey(visit: StaffVisit) -> Response:
    """The form that makes a passkey with the browser's help."""
    return _passkey_form(visit, 200, [])


def add_passkey(visit: StaffVisit) -> Response:
    """The passkey that the browser has made."""
    name = visit.form.get("name", "").strip()[:80]
    if not name:
        return _passkey_form(visit, 422, [{"field": "name", "text": "Give it a name, such as “My phone”."}])
    settings = visit.resources.settings
    with visit.resources.writing() as session:
        is_taken = accounts.add_passkey(
            session, visit.held, visit.form.get("passkey", ""), name=name, settings=settings, now=visit.now
        )
    if not is_taken:
        return _passkey_form(visit, 422, [{"field": "name", "text": "The passkey did not work. Try it once more."}])
    return visit.see(ACCOUNT)


def ask_removal(visit: StaffVisit) -> Response:
    """Before a passkey is gone."""
    return _sure(
        visit,
        heading=f"Remove the passkey “{_passkey(visit).name}”",
        sentence="It opens nothing any more. The codes of your app go on working.",
        button="Remove it",
    )


def remove_passkey(visit: StaffVisit) -> Response:
    """A passkey that is lost, or not used any more."""
    passkey = _passkey(visit)
    with visit.resources.writing() as session:
        accounts.remove_passkey(session, visit.held, passkey, now=visit.now)
    return visit.see(ACCOUNT)


def _passkey(visit: StaffVisit) -> PasskeyRow:
    with visit.resources.reading() as session:
        theirs = second_factors.passkeys_of(session, visit.staff.id)
    found = next((each for each in theirs if each.public_id == visit.path["passkey"]), None)
    if found is None:
        raise NotFound("There is no such passkey, or it has been removed already.")
    return found


def _password_form(visit: StaffVisit, status: int, errors: list[dict[str, str]]) -> Response:
    with visit.resources.reading() as session:
        policy = visit.policy(session)
    return visit.page("admin/access/password.html", {"errors": errors}, policy=policy, status=status)


def _passkey_form(visit: StaffVisit, status: int, errors: list[dict[str, str]]) -> Response:
    with visit.resources.reading() as session:
        policy = visit.policy(session)
    context = {
        "errors": errors,
        "name_value": visit.form.get("name", "")[:80],
        "are_possible": passkeys.are_possible(visit.resources.settings),
    }
    return visit.page("admin/access/passkey.html", context, policy=policy, status=status)


def _sure(visit: StaffVisit, *, heading: str, sentence: str, button: str) -> Response:
    with visit.resources.reading() as session:
        policy = visit.policy(session)
    context = {"heading": heading, "sentence": sentence, "button": button, "back": ACCOUNT}
    return visit.page("admin/access/sure.html", context, policy=policy)

"""Who works here, for owners: what each may do, and who does not any more. Adding somebody takes the command line."""

from typing import get_args

from starlette.responses import Response

from admin.access import accounts
from admin.web.desk import StaffVisit
from portal.records import staff
from portal.records.staff import StaffRow
from portal.rules.refusals import NotFound, Refusal
from portal.rules.roles import Role

STAFF = "/admin/staff"

ROLES: dict[Role, str] = {
    "owner": "Owner: everything, refunds, settings and staff too",
    "collector": "Collector: works on disputes, links and payments",
    "read_only": "Read only: sees everything, changes nothing",
}
_NAMES: dict[Role, str] = {"owner": "Owner", "collector": "Collector", "read_only": "Read only"}


def show(visit: StaffVisit) -> Response:
    """Everybody, by name."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        everybody = staff.present(session)
    rows = [
        {
            "name": each.name,
            "email": each.email,
            "role": _NAMES[each.role],
            "is_me": each.id == visit.staff.id,
            "href": f"{STAFF}/{each.public_id}",
        }
        for each in everybody
    ]
    return visit.page("admin/access/staff.html", {"rows": rows}, policy=policy)


def show_one(visit: StaffVisit) -> Response:
    """What one of them may do, and the button that removes them."""
    return _form(visit, _one(visit), 200, [])


def set_role(visit: StaffVisit) -> Response:
    """Another role, at once."""
    who, wanted = _one(visit), visit.form.get("role", "")
    role = next((role for role in get_args(Role) if role == wanted), None)
    if role is None:
        return _form(visit, who, 422, [{"field": "role", "text": "Choose one of the roles."}])
    try:
        with visit.resources.writing() as session:
            accounts.set_role(session, who, role, actor=visit.actor, now=visit.now)
    except Refusal as refusal:
        return _form(visit, who, refusal.status, [{"field": "role", "text": refusal.sentence}])
    return visit.see(STAFF)


def ask_removal(visit: StaffVisit) -> Response:
    """Before somebody is removed."""
    who = _one(visit)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
    context = {
        "heading": f"Remove {who.name}",
        "sentence": "Their sessions end at once, and they cannot log in any more. What they did stays in the history.",
        "button": "Remove them",
        "back": f"{STAFF}/{who.public_id}",
    }
    return visit.page("admin/access/sure.html", context, policy=policy)


def remove(visit: StaffVisit) -> Response:
    """They work here no more."""
    who = _one(visit)
    with visit.resources.writing() as session:
        accounts.remove(session, who, actor=visit.actor, now=visit.now)
    return visit.see(STAFF)


def _one(visit: StaffVisit) -> StaffRow:
    with visit.resources.reading() as session:
        found = staff.by_public_id(session, visit.path["staff"])
    if found is None:
        raise NotFound("There is nobody of this kind, or they were removed.")
    return found


def _form(visit: StaffVisit, who: StaffRow, status: int, errors: list[dict[str, str]]) -> Response:
    with visit.resources.reading() as session:
        policy = visit.policy(session)
    context = {
        "errors": errors,
        "name": who.name,
        "email": who.email,
        "roles": [{"value": role, "text": text, "checked": role == who.role} for role, text in ROLES.items()],
        "action": f"{STAFF}/{who.public_id}",
        "remove": f"{STAFF}/{who.public_id}/removal",
        "back": STAFF,
    }
    return visit.page("admin/access/staff_member.html", context, policy=policy, status=status)

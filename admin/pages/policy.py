"""What the business has decided: every key with its history, and deciding one anew from a day on."""

from collections.abc import Sequence

from starlette.responses import Response

from admin.views import policy as view
from admin.views.cells import Fact, Link
from admin.views.things import Field, Section, form, thing
from admin.web.desk import StaffVisit
from admin.web.said import told
from admin.web.typed import Typed
from portal.actions import policies
from portal.actions.policies import Policy
from portal.records import policies as records
from portal.records import staff
from portal.records.policies import PolicyRow
from portal.rules.policy import CATALOGUE, Key
from portal.rules.refusals import NotFound, Refusal

ADDRESS = "/admin/policy"
_INTRO = "What was promised before stays as it was promised: a new value holds from its day on."


def show(visit: StaffVisit) -> Response:
    """Everything, by topic."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        rows = records.every(session)
    context = thing("Policy", Link("Overview", "/admin"), intro=_INTRO, sections=view.sections(policy, rows))
    return visit.page("admin/things/show.html", context, policy=policy)


def show_one(visit: StaffVisit) -> Response:
    """One key, and what it was before."""
    key = _key(visit)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        rows = records.of_key(session, key.name)
        names = _names(rows, staff.names(session, _staff_ids(rows)))
    table = view.versions(rows, names, policy)
    context = thing(
        view.title(key.name),
        Link("Policy", ADDRESS),
        intro=key.meaning,
        links=[Link("Decide it anew", f"{ADDRESS}/{key.name}/change")] if visit.may("owner") else [],
        facts=[
            Fact("Today", view.value(key.name, str(getattr(policy, key.name)), policy)),
            Fact("The portal's own value", view.value(key.name, str(key.default), policy)),
            Fact("Name for commands", key.name),
        ],
        sections=[Section(table.title, table)],
    )
    return visit.page("admin/things/show.html", context, policy=policy)


def ask(visit: StaffVisit) -> Response:
    """The form for a new value."""
    key = _key(visit)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
    return _form(visit, key, policy, {"value": str(getattr(policy, key.name)), "since": policy.today.isoformat()}, [])


def decide(visit: StaffVisit) -> Response:
    """A new value from a day on, which is today or later."""
    key, typed = _key(visit), Typed(visit)
    since = typed.day("since", needed="Enter the day from which it holds.")
    value = visit.form.get("value", "")
    with visit.resources.writing() as session:
        policy = visit.policy(session)
        if since is not None and since < policy.today:
            typed.wrong("since", "What held before today stays as it was. Enter today or a later day.")
        if since is not None and not typed.errors:
            try:
                policies.set_policy(session, key.name, value, effective_on=since, now=visit.now, actor=visit.actor)
            except Refusal as refusal:
                typed.wrong("value", _sentence(refusal, key))
    if typed.errors:
        return _form(visit, key, policy, {"value": value[:500], "since": typed.text("since")}, typed.errors)
    return visit.see(told(f"{ADDRESS}/{key.name}", "policy"))


def _sentence(refusal: Refusal, key: Key) -> str:
    said = refusal.sentence.removeprefix(f"{key.name}: ")
    return said[:1].upper() + said[1:]


def _key(visit: StaffVisit) -> Key:
    found = CATALOGUE.get(visit.path["key"])
    if found is None:
        raise NotFound("There is no such policy.")
    return found


def _form(visit: StaffVisit, key: Key, policy: Policy, given: dict[str, str], errors: list[dict[str, str]]) -> Response:
    kind = "words" if key.name == "seller_address" else "line"
    context = form(
        f"Decide anew: {view.title(key.name)}",
        view.link(key.name),
        action=f"{ADDRESS}/{key.name}/change",
        button="Decide",
        intro=key.meaning,
        facts=[Fact("Today", view.value(key.name, str(getattr(policy, key.name)), policy))],
        fields=[
            Field(kind, "value", "New value", value=given["value"]),
            Field("day", "since", "From", "Today, or a later day.", value=given["since"]),
        ],
        errors=errors,
    )
    return visit.page("admin/things/form.html", context, policy=policy, status=422 if errors else 200)


def _staff_ids(rows: Sequence[PolicyRow]) -> list[int]:
    return [int(row.set_by.removeprefix("staff:")) for row in rows if row.set_by.removeprefix("staff:").isdecimal()]


def _names(rows: Sequence[PolicyRow], staff_names: dict[int, str]) -> dict[str, str]:
    named = {f"staff:{number}": name for number, name in staff_names.items()}
    return {"cli": "The command line", **named}

"""Staff: added and reset at the command line only, their roles and their removal there and at the owner's pages."""

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from admin.access import accounts
from admin.cli.main import app
from portal.records import second_factors, staff
from portal.records.tables import history
from portal.rules.refusals import Conflict
from tests.admin.conftest import CommandLine
from tests.admin.logging_in import acts, give_code, give_password
from tests.support.shop import together
from tests.support.staff import PASSWORD, Office


def test_the_first_account_is_made_at_the_command_line_and_by_nothing_else(portal: CommandLine) -> None:
    assert portal("staff", "list").out.startswith("Nobody yet.")
    said = _add("Robin@Harbor.example", "owner", PASSWORD)
    assert (said.exit_code, said.stdout) == (0, "Robin can log in at http://127.0.0.1:8000/admin\n")
    assert portal("staff", "list").out == "owner      robin@harbor.example  Robin\n"
    again = _add("robin@harbor.example", "owner", PASSWORD)
    assert again.exit_code == 1
    assert "has an account already" in again.stderr


def test_the_terminal_asks_for_the_password_twice(sqlite_portal: CommandLine) -> None:
    arguments = ["staff", "add", "a@b.example", "--name", "A", "--role", "collector"]
    typed = "\n".join((PASSWORD, "something else entirely", PASSWORD, PASSWORD, ""))
    done = CliRunner().invoke(app, arguments, input=typed)
    assert done.exit_code == 0
    assert PASSWORD not in done.stdout
    assert "a@b.example" in sqlite_portal("staff", "list").out


@pytest.mark.parametrize(
    ("email", "role", "password"),
    [
        ("robin@harbor.example", "owner", "too short"),
        ("robin@harbor.example", "owner", "robin has a long password"),
        ("robin", "owner", PASSWORD),
        ("robin@harbor.example", "king", PASSWORD),
        ("robin@harbor.example", "owner", ""),
    ],
)
def test_a_bad_account_is_refused(sqlite_portal: CommandLine, email: str, role: str, password: str) -> None:
    done = _add(email, role, password)
    assert done.exit_code != 0
    assert "Traceback" not in done.stderr
    assert sqlite_portal("staff", "list").out.startswith("Nobody yet.")


def test_roles_and_removal_at_the_command_line(portal: CommandLine) -> None:
    _add("robin@harbor.example", "owner", PASSWORD)
    _add("kim@harbor.example", "read_only", PASSWORD)
    assert portal("staff", "role", "Kim@harbor.example", "collector").out == "kim@harbor.example: collector\n"
    assert "only owner" in portal("staff", "role", "robin@harbor.example", "collector").err
    assert "only owner" in portal("staff", "remove", "robin@harbor.example").err
    assert portal("staff", "remove", "kim@harbor.example").code == 0
    assert portal("staff", "remove", "kim@harbor.example").err.startswith("Nobody logs in with kim@harbor.example.")
    assert portal("staff", "list").out == "owner      robin@harbor.example  Robin\n"
    # Whoever comes back brings nothing along.
    assert _add("kim@harbor.example", "collector", PASSWORD).exit_code == 0


def test_the_last_resort_for_a_lost_phone_is_the_command_line(portal: CommandLine) -> None:
    resources = portal.resources()
    _add("robin@harbor.example", "owner", PASSWORD)
    with resources.writing() as session:
        who = staff.by_email(session, "robin@harbor.example")
        assert who is not None
        staff.set_totp(session, who.id, "a secret")
        staff.confirm_totp(session, who.id, now=resources.clock())
        second_factors.replace_codes(session, who.id, ["hash"], now=resources.clock())
    assert portal("staff", "reset-second-factor", "robin@harbor.example").code == 0
    with resources.reading() as session:
        proof = staff.proof(session, who.id)
        assert proof is not None
        assert proof[1:] == (None, None, None)
        assert second_factors.codes_left(session, who.id) == 0
        actions = session.execute(select(history.c.action, history.c.actor).order_by(history.c.id)).all()
    resources.close()
    assert ("staff.second_factor_reset", "cli") in [tuple(row) for row in actions]


def test_an_owner_gives_another_role_which_counts_at_once(office: Office) -> None:
    kim = office.add("read_only", name="kim")
    owner, theirs = office.desk_of("owner"), office.desk_of(kim)
    assert theirs.get("/admin/staff").status_code == 403
    assert owner.post(f"/admin/staff/{kim.public_id}", data={"role": "king"}).status_code == 422
    assert owner.post(f"/admin/staff/{kim.public_id}", data={"role": "owner"}).headers["location"] == "/admin/staff"
    assert theirs.get("/admin/staff").status_code == 200
    assert "staff.role_set" in acts(office)


def test_an_owner_removes_somebody_whose_sessions_end(office: Office) -> None:
    kim = office.add("collector", name="kim")
    owner, theirs = office.desk_of("owner"), office.desk_of(kim)
    assert "Remove kim" in owner.get(f"/admin/staff/{kim.public_id}/removal").text
    assert theirs.get("/admin/account").status_code == 200
    assert owner.post(f"/admin/staff/{kim.public_id}/removal").status_code == 303
    assert theirs.get("/admin/account").status_code == 303
    assert give_password(office.browser(), kim).status_code == 422
    assert owner.post(f"/admin/staff/{kim.public_id}/removal").status_code == 404


def test_the_last_owner_stays(office: Office) -> None:
    owner = office.add("owner")
    desk = office.desk_of(owner)
    answer = desk.post(f"/admin/staff/{owner.public_id}", data={"role": "collector"})
    assert (answer.status_code, "only owner" in answer.text) == (409, True)
    answer = desk.post(f"/admin/staff/{owner.public_id}/removal")
    assert (answer.status_code, "only owner" in answer.text) == (409, True)


def test_two_owners_who_remove_each_other_at_once_leave_one(office: Office) -> None:
    both = [office.add("owner", name=name) for name in ("kim", "lee")]
    left = list(both)

    def remove() -> None:
        who = left.pop()
        try:
            with office.resources.writing() as session:
                accounts.remove(session, who, actor="cli", now=office.clock.now())
        except Conflict:
            pass

    together(2, remove)
    with office.resources.reading() as session:
        assert len(staff.present(session)) == 1


def test_a_reset_does_not_help_whoever_only_knows_the_password(office: Office) -> None:
    """Resetting a password is nobody's way around the second factor: there is no such page."""
    owner, browser = office.add("owner"), office.browser()
    for path in ("/admin/reset", "/admin/password", "/admin/sign-up", "/admin/register"):
        assert browser.get(path).status_code == 404
    give_password(browser, owner)
    assert give_code(browser, "").status_code == 422


def _add(email: str, role: str, password: str) -> Result:
    name = email.split("@")[0].capitalize()
    arguments = ["staff", "add", email, "--name", name, "--role", role, "--password-stdin"]
    return CliRunner().invoke(app, arguments, input=f"{password}\n")

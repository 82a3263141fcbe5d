"""Staff at the admin's pages: accounts of every role, and browsers in which they are logged in."""

from functools import cache

from starlette.applications import Starlette
from starlette.testclient import TestClient

from admin.access import passwords, sessions, totp
from admin.site import create_site
from admin.web.cookies import STAFF
from portal.records import staff
from portal.records.staff import StaffRow
from portal.resources import Resources
from portal.rules.roles import Role
from tests.support.browsing import Browser
from tests.support.clock import MovableClock

PASSWORD = "four words do not belong"


class Office:
    """The whole site on these resources, and those who work there."""

    def __init__(self, resources: Resources, clock: MovableClock) -> None:
        self.resources = resources
        self.clock = clock
        self.app: Starlette = create_site(resources)

    def add(self, role: Role, *, name: str = "", enrolled: bool = True) -> StaffRow:
        """Somebody in this role with the password PASSWORD; `enrolled` says whether their app makes codes already."""
        name = name or role
        with self.resources.writing() as session:
            added = staff.add(
                session,
                email=f"{name}@harborsupply.example",
                name=name,
                role=role,
                password_hash=_hash(),
                now=self.clock.now(),
            )
            assert added is not None
            if enrolled:
                staff.set_totp(session, added.id, totp.new_secret(self.resources.keys, added.id, now=self.clock.now()))
                staff.confirm_totp(session, added.id, now=self.clock.now())
        return added

    def code(self, who: StaffRow) -> str:
        """What their phone shows now."""
        with self.resources.reading() as session:
            proof = staff.proof(session, who.id)
        assert proof is not None
        assert proof.totp_secret is not None
        plain = totp.plain_secret(self.resources.keys, who.id, proof.totp_secret)
        return totp.code_at(plain, self.clock.now())

    def browser(self, *, peer: str = "203.0.113.7", **headers: str) -> TestClient:
        """A browser of its own that follows no redirect and is not logged in."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return Browser(
            self.app,
            base_url=self.resources.settings.base_url,
            headers={"sec-fetch-site": "same-origin", **given},
            follow_redirects=False,
            raise_server_exceptions=False,
            client=(peer, 50_000),
        )

    def desk_of(self, who: StaffRow | Role) -> TestClient:
        """A browser in which somebody (of this role) has just shown their second factor."""
        if isinstance(who, str):
            who = self._somebody(who)
        now = self.clock.now()
        with self.resources.writing() as session:
            half = sessions.begin(session, who.id, address="203.0.113.7", browser="A test", now=now)
            held = sessions.find(session, half.secret, now=now)
            assert held is not None
            fresh = sessions.open_fully(session, held, now=now)
        browser = self.browser()
        browser.cookies.set(STAFF.name(self.resources.settings), fresh.secret)
        return browser

    def _somebody(self, role: Role) -> StaffRow:
        with self.resources.reading() as session:
            found = next((each for each in staff.present(session) if each.role == role), None)
        return found or self.add(role)


@cache
def _hash() -> str:
    # Hashing is slow on purpose; everybody here has the same password.
    return passwords.hashed(PASSWORD)

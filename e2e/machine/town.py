"""A town: the portal on a database, the stand-in for Stripe, browsers and a clock, all in one process.

Nothing in it is left to chance: the stand-in's ids come from the seed, and time stands still until it is moved.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import event
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from e2e.files import MemoryFiles
from e2e.machine.breach import Breach
from e2e.machine.clock import StillClock
from e2e.machine.direct import open_directly
from e2e.machine.move import Move
from e2e.machine.people import PEOPLE, VISITORS_EACH
from e2e.machine.posting import posted
from e2e.machine.visitors import Visitor
from e2e.post import hand_over
from e2e.stripe import TEST_KEY, StripeWorld
from e2e.stripe.api import Incoming
from portal import links as tokens
from portal.actions import links
from portal.app import create_app
from portal.jobs import worker
from portal.records import accounts, open_database
from portal.records.accounts import AccountRow
from portal.resources import Resources
from portal.settings import Settings
from portal.web.throttle import Throttle

_SECRET = "whsec_" + "t" * 32
_SITE = "http://127.0.0.1:8000"
_LOOKING_BACK = ("events", "reconciliation")
_YEARS = timedelta(days=3650)


class Unlimited(Throttle):
    """How often a button may be pressed is counted in real time, which this town has none of."""

    def check(self, limit: str, *who: str) -> None:
        pass


class Town:
    """`resources` are the house's, to act with; `world` is Stripe, to act upon.

    `meanwhile` are moves that happen while the house waits for its next answers from Stripe, one for each call.
    Each of `watchers` sees every call to Stripe before it has an effect. `writes` counts what was written into the
    database: while it stands still, the books are what they were.
    """

    def __init__(self, url: str, seed: int, portal: BlockingPortal) -> None:
        self.clock = StillClock()
        self.files = MemoryFiles()
        self.world = StripeWorld(self.clock, seed=seed, base_url="http://localhost:1", send=self._post)
        self.world.add_endpoint(f"{_SITE}/stripe/webhook", _SECRET)
        self.meanwhile: list[Move] = []
        self.watchers: list[Callable[[Incoming], None]] = []
        self.writes = 0
        self.breaches: list[str] = []
        self.bills = 0
        self._portal = portal
        self._is_between = False
        self._settings = Settings.model_validate(
            {
                "database_url": url,
                "secret_keys": "k" * 32,
                "base_url": _SITE,
                "stripe_secret_key": TEST_KEY,
                "stripe_api_base": self.world.base_url,
                "stripe_webhook_secrets": _SECRET,
                "stripe_pages": self.world.base_url,
            }
        )
        self.resources = self._start()
        self._serve()
        self.accounts = self._people()
        self.visitors = [self._visitor(account) for account in self.accounts for _ in range(VISITORS_EACH)]

    def restart(self) -> None:
        """The portal ends and starts again on its database; browsers, Stripe and time go on."""
        self.resources.close()
        self.resources = self._start()
        self._serve()

    def close(self) -> None:
        self.resources.close()

    def browser(self) -> TestClient:
        """One with cookies of its own, which outlive the application it speaks with."""
        client = TestClient(
            self._answer,
            base_url=_SITE,
            headers={"sec-fetch-site": "same-origin"},
            follow_redirects=False,
        )
        # A thread and an event loop of its own for each request would cost more than the request.
        client.portal = self._portal
        return client

    def work(self) -> int:
        """The worker's jobs once, but those that look back; one that fails breaches, instead of being logged."""
        done = self._do(name for name in worker.JOBS if name not in _LOOKING_BACK)
        # Nothing is charged that was not announced; what else is to be read is written at the end of a game.
        hand_over(self.resources, now=self.clock.now())
        return done

    def look_back(self) -> int:
        """The jobs that find again what no webhook has told."""
        return self._do(name for name in worker.JOBS if name in _LOOKING_BACK)

    def _do(self, names: Iterable[str]) -> int:
        return sum(worker.JOBS[name](self.resources, now=self.clock.now()) for name in names)

    def _start(self) -> Resources:
        database = open_database(self._settings.database_url)
        event.listen(database.writer, "after_cursor_execute", self._wrote)
        return Resources(
            settings=self._settings,
            database=database,
            keys=("k" * 32,),
            stripe=open_directly(self.world, self._between, self._before),
            mailer=None,
            files=self.files,
            clock=self.clock.now,
        )

    def _wrote(self, connection: object, cursor: object, statement: str, *_: object) -> None:
        self.writes += not statement.startswith("SELECT")

    def _serve(self) -> None:
        self._app = create_app(self.resources)
        self._app.state.throttle = Unlimited()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def _people(self) -> list[AccountRow]:
        with self.resources.reading() as session:
            return [accounts.find(session, person.number)[0] for person in PEOPLE]

    def _visitor(self, account: AccountRow) -> Visitor:
        now = self.clock.now()
        with self.resources.writing() as session:
            [contact] = accounts.contacts_of(session, account.id)
            link = links.create_link(
                session,
                account_id=account.id,
                contact_id=contact.id,
                charge_id=None,
                now=now,
                expires_at=now + _YEARS,
            )
        return Visitor(self, account.public_id, f"/l/{tokens.sign(self.resources.keys, link.public_id, link.version)}")

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int | None:
        address = urlsplit(url)
        status = self._portal.call(posted, self._answer, address.path, body, headers, address.netloc)
        if status >= 500:
            raise Breach(f"a webhook was answered {status}")
        return status

    def _before(self, incoming: Incoming) -> None:
        for watch in self.watchers:
            watch(incoming)

    def _between(self) -> None:
        if self.meanwhile and not self._is_between:
            self._is_between = True
            try:
                self.meanwhile.pop(0).act(self)
            except Breach as breach:
                # Here it would be taken for an error of Stripe's, and put off.
                self.breaches.append(str(breach))
            finally:
                self._is_between = False


@contextmanager
def open_town(url: str, *, seed: int) -> Iterator[Town]:
    """A town on a database of a `Ground`."""
    with start_blocking_portal() as portal:
        town = Town(url, seed, portal)
        try:
            yield town
        finally:
            town.close()

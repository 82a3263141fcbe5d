"""A line of the admin's table of contents, and a request as its pages see it.

Every line says the least role that may look and the least that may act. Whoever has no session is sent to log in;
what asks for `confirmed` is for those who have shown their second factor within the last five minutes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from admin.access import sessions
from admin.access.sessions import Held
from admin.web.addresses import CONFIRM, HOME, LOG_IN, with_next
from admin.web.cookies import STAFF
from admin.web.navigation import counts, navigation
from admin.web.problems import problem
from admin.web.said import SAID
from portal.actions.policies import Policy
from portal.records.staff import StaffRow
from portal.records.unavailable import tried_again
from portal.rules.refusals import Refusal
from portal.rules.roles import Role, allows
from portal.web.bodies import Line
from portal.web.render import html
from portal.web.visit import Arrival, read_request, unread, widened

_START = (HOME, "Go to the first page")


@dataclass(frozen=True, slots=True)
class StaffVisit(Arrival):
    """A request of somebody who is logged in and whose role is enough for it."""

    held: Held

    @property
    def staff(self) -> StaffRow:
        """Who it is."""
        return self.held.staff

    @property
    def actor(self) -> str:
        """Who it is, as the history names them."""
        return f"staff:{self.held.staff.id}"

    def may(self, needed: Role) -> bool:
        """Whether their role is enough for what asks for `needed`: for buttons that others do not see."""
        return allows(self.staff.role, needed)

    def page(self, name: str, context: Mapping[str, object], *, policy: Policy, status: int = 200) -> Response:
        """A template in the frame of the admin, with how much waits behind each entry of its navigation."""
        with self.resources.reading() as session:
            waits = counts(session)
        frame = {
            "staff": self.staff,
            "navigation": navigation(waits, self.staff.role, here=self.request.url.path),
            "said": SAID.get(self.query.get("said", ""), ""),
        }
        return html(name, {**frame, **context}, policy=policy, status=status)


Page = Callable[[StaffVisit], Response]


class Door(Route):
    """A route for whoever has not logged in, or not yet fully: its pages look after themselves."""

    def __init__(self, path: str, pages: Mapping[str, Callable[[Arrival], Response]]) -> None:
        self.pages = pages
        super().__init__(path, self._endpoint, methods=list(pages), name=path)

    async def _endpoint(self, request: Request) -> Response:
        return await _answered(request, self._answer)

    def _answer(self, arrival: Arrival) -> Response:
        return self.pages[_method(arrival)](arrival)


class Desk(Line):
    """A route that says who may look (`reads`), who may act (`writes`), and whether that asks for `confirmed`."""

    def __init__(
        self,
        path: str,
        pages: Mapping[str, Page],
        *,
        reads: Role,
        writes: Role,
        confirmed: bool,
        uploads: bool,
    ) -> None:
        # A form that asks for the second factor must have a page of its own, so that it asks before anybody types.
        assert "GET" in pages or not confirmed, path
        self.pages = pages
        self.reads = reads
        self.writes = writes
        self.confirmed = confirmed
        super().__init__(path, self._endpoint, methods=list(pages), uploads=uploads)

    async def _endpoint(self, request: Request) -> Response:
        if self.uploads and request.method == "POST":
            # Files of strangers are not even read.
            admitted = await run_in_threadpool(self._admitted, unread(request))
            if isinstance(admitted, Response):
                return admitted
        return await _answered(request, self._answer, uploads=self.uploads)

    def _answer(self, arrival: Arrival) -> Response:
        admitted = self._admitted(arrival)
        if isinstance(admitted, Response):
            return admitted
        return self.pages[_method(arrival)](StaffVisit(**widened(arrival), held=admitted))

    def _admitted(self, arrival: Arrival) -> Held | Response:
        """Whose session it is, or what they get instead of the page."""
        held, method = held_by(arrival), _method(arrival)
        if held is None or not held.is_open:
            return _log_in_first(arrival, method)
        if not allows(held.staff.role, self.reads if method == "GET" else self.writes):
            return _role_too_low(arrival)
        if self.confirmed and not held.is_confirmed(arrival.now) and allows(held.staff.role, self.writes):
            return arrival.see(with_next(CONFIRM, _address(arrival)) + ("&again=1" if method == "POST" else ""))
        return held


def desk(
    path: str,
    *,
    get: Page | None = None,
    post: Page | None = None,
    reads: Role = "read_only",
    writes: Role = "collector",
    confirmed: bool = False,
    uploads: bool = False,
) -> Desk:
    """What answers at this address, and for whom. HEAD goes where GET goes.

    `confirmed` asks whoever may act for their second factor, already when they look at the form: it needs a page of
    its own. Files come with the form only where `uploads` asks for them.
    """
    pages = {method: page for method, page in (("GET", get), ("POST", post)) if page is not None}
    return Desk(path, pages, reads=reads, writes=writes, confirmed=confirmed, uploads=uploads)


def door(
    path: str,
    *,
    get: Callable[[Arrival], Response] | None = None,
    post: Callable[[Arrival], Response] | None = None,
) -> Door:
    """What answers at this address for whoever has not logged in."""
    return Door(path, {method: page for method, page in (("GET", get), ("POST", post)) if page is not None})


def held_by(arrival: Arrival) -> Held | None:
    """The living session of this browser, half open or open."""
    secret = STAFF.read(arrival.request, arrival.resources.settings)
    if secret is None:
        return None
    with arrival.resources.reading() as session:
        return sessions.find(session, secret, now=arrival.now)


async def _answered(request: Request, answer: Callable[[Arrival], Response], *, uploads: bool = False) -> Response:
    def once(arrival: Arrival) -> Response:
        try:
            return answer(arrival)
        except Refusal as refusal:
            return problem(arrival, refusal.status, "There is a problem", refusal.sentence, go_on=_START)

    try:
        arrival = await read_request(request, uploads=uploads)
        # A page may run more than once, as the customers' pages may.
        return await run_in_threadpool(tried_again, partial(once, arrival))
    finally:
        await request.close()


def _method(arrival: Arrival) -> str:
    return "GET" if arrival.request.method == "HEAD" else arrival.request.method


def _log_in_first(arrival: Arrival, method: str) -> Response:
    if method == "GET":
        return arrival.see(with_next(LOG_IN, _address(arrival)))
    return problem(
        arrival,
        401,
        "Log in first",
        "You are not logged in, or your session has ended. Nothing has changed. Log in, then do it again.",
        go_on=(LOG_IN, "Log in"),
    )


def _role_too_low(arrival: Arrival) -> Response:
    sentence = "Your role does not include this. Nothing has changed. Ask an owner to do it, or to change your role."
    return problem(arrival, 403, "That is not for your role", sentence, go_on=_START)


def _address(arrival: Arrival) -> str:
    url = arrival.request.url
    return f"{url.path}?{url.query}" if url.query else url.path

"""One request as a page sees it: what was sent, what is open, what time it is, and what this browser may see.

Pages are plain functions from a visit to a response; they run in the thread pool, so they may wait for the database.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from email.message import Message
from functools import partial
from typing import Any, BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.actions import access, policies, step_up
from portal.actions.access import Access
from portal.actions.policies import Policy
from portal.records import Session
from portal.records.accounts import AccountRow
from portal.records.step_up import DeviceRow
from portal.records.unavailable import tried_again
from portal.resources import Resources
from portal.web.bodies import Line
from portal.web.cookies import CUSTOMERS, DEVICES
from portal.web.errors import LinkNeeded, StepUpNeeded
from portal.web.render import html
from portal.web.throttle import Throttle
from portal.web.visitors import visitor_of

_MOST_FIELDS = 5_000
# More than anybody may keep: the page says so in a sentence.
_MOST_FILES = 100


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a form: the field it came in, what its sender calls it, its size in bytes; all of it unchecked."""

    field: str
    name: str
    size: int
    file: BinaryIO

    def read(self) -> bytes:
        """All of it, as often as it is asked for."""
        self.file.seek(0)
        return self.file.read()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request, read wholly. `now` is one aware UTC instant for all of it; `body` is the raw bytes, `form` what they
    say."""

    request: Request
    resources: Resources
    throttle: Throttle
    now: datetime
    body: bytes
    form: ImmutableMultiDict[str, str]
    files: tuple[Upload, ...]

    @property
    def path(self) -> Mapping[str, str]:
        """The parts of the address by name, such as `account` and `charge`."""
        return self.request.path_params

    @property
    def query(self) -> ImmutableMultiDict[str, str]:
        """What follows the `?`; a name may come more than once."""
        return self.request.query_params

    @property
    def visitor(self) -> str:
        """Where the request comes from, for limits."""
        return visitor_of(self.request, self.resources.settings.trusted_proxies)

    def policy(self, session: Session) -> Policy:
        """What the business has decided, as of the seller's day (`policy.today`)."""
        return policies.load(session, now=self.now)

    def see(self, address: str) -> Response:
        """On with a GET to an address that we made, never to one that came with the request."""
        return RedirectResponse(address, status_code=303)


@dataclass(frozen=True, slots=True)
class Visit(Arrival):
    """A request of a customer's browser."""

    @property
    def secret(self) -> str | None:
        """What the session's cookie says."""
        return CUSTOMERS.read(self.request, self.resources.settings)

    def access(self, session: Session) -> Access:
        """What this browser may see of the account in the address; LinkNeeded where that is nothing."""
        found = access.find_access(session, self.secret, self.path["account"], now=self.now)
        if found is None:
            raise LinkNeeded
        return found

    def access_to_account(self, session: Session) -> Access:
        """As `access`, for pages about the whole account: a link to one document does not reach them."""
        found = self.access(session)
        if not found.whole_account:
            raise LinkNeeded
        return found

    def confirmed_access(self, session: Session, *, to: str = "") -> Access:
        """As `access_to_account`, for what a link alone must not do: StepUpNeeded where the contact has not confirmed
        this browser by a code. A POST says in `to` on which page it goes on then, else it is the statement."""
        found = self.access_to_account(session)
        if self.device(session, found) is None:
            raise StepUpNeeded(to)
        return found

    @property
    def device_secret(self) -> str | None:
        """What the cookie of a confirmed browser says."""
        return DEVICES.read(self.request, self.resources.settings)

    def device(self, session: Session, access: Access) -> DeviceRow | None:
        """This browser, if the contact of this access has confirmed it."""
        if access.contact_id is None:
            return None
        return step_up.trusted(session, access.contact_id, self.device_secret, now=self.now)

    def page(
        self,
        name: str,
        context: Mapping[str, object],
        *,
        policy: Policy,
        account: AccountRow | None = None,
        status: int = 200,
    ) -> Response:
        """A template in the frame of every page."""
        return html(name, context, policy=policy, account=account, status=status)


Page = Callable[[Visit], Response]


def resource(path: str, *, get: Page | None = None, post: Page | None = None, uploads: bool = False) -> Line:
    """A line of the table of contents: what answers at this address. HEAD goes where GET goes.

    Files come with the form only where `uploads` asks for them, and only from browsers that may see the account in the
    address: from others they are not even read.
    """
    pages = {method: page for method, page in (("GET", get), ("POST", post)) if page is not None}

    async def endpoint(request: Request) -> Response:
        page = pages["GET" if request.method == "HEAD" else request.method]
        try:
            if uploads and request.method == "POST":
                await run_in_threadpool(_refuse_strangers, request)
            visit = Visit(**widened(await read_request(request, uploads=uploads)))
            # A page may run more than once: what it asks of Stripe has keys made from our own rows.
            return await run_in_threadpool(tried_again, partial(page, visit))
        finally:
            await request.close()

    return Line(path, endpoint, methods=list(pages), uploads=uploads)


def unread(request: Request) -> Arrival:
    """The request before its body is read: without a form and files. Bytes that no text has are refused."""
    _refuse_zeros([*request.path_params.values(), *_texts(request.query_params)])
    resources: Resources = request.app.state.resources
    return Arrival(
        request=request,
        resources=resources,
        throttle=request.app.state.throttle,
        now=resources.clock(),
        body=b"",
        form=ImmutableMultiDict(),
        files=(),
    )


async def read_request(request: Request, *, uploads: bool = False) -> Arrival:
    """The request with its form, if it is a POST. Files go to the disk, not through memory, and without `uploads` they
    are refused; the caller ends with `await request.close()`, which removes them."""
    arrival = unread(request)
    if request.method != "POST":
        return arrival
    body = b"" if uploads else await request.body()
    if uploads or body:
        _refuse_other_letters(request)
        form = await request.form(max_files=_MOST_FILES if uploads else 0, max_fields=_MOST_FIELDS)
    else:
        form = FormData()
    typed: ImmutableMultiDict[str, str] = ImmutableMultiDict(
        [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    )
    _refuse_zeros(_texts(typed))
    # A browser sends an empty part without a name where no file was chosen.
    files = tuple(
        Upload(field, file.filename, file.size or 0, file.file)
        for field, file in form.multi_items()
        if not isinstance(file, str) and file.filename
    )
    return replace(arrival, body=body, form=typed, files=files)


def _refuse_strangers(request: Request) -> None:
    visit = Visit(**widened(unread(request)))
    with visit.resources.reading() as session:
        visit.access(session)


def _refuse_zeros(texts: Iterable[str]) -> None:
    # No text column can hold this character, and nobody types it.
    if any("\0" in text for text in texts):
        raise HTTPException(400)


def _refuse_other_letters(request: Request) -> None:
    """Browsers send forms in UTF-8. Some other encodings make of bytes what is no text, or nothing at all."""
    said = Message()
    said["content-type"] = request.headers.get("content-type", "")
    if said.get_content_charset("utf-8") not in ("utf-8", "utf8"):
        raise HTTPException(400)


def widened(arrival: Arrival) -> dict[str, Any]:
    """The fields of an arrival, to make more of it."""
    return {field.name: getattr(arrival, field.name) for field in fields(Arrival)}


def _texts(given: ImmutableMultiDict[str, str]) -> list[str]:
    return [text for pair in given.multi_items() for text in pair]

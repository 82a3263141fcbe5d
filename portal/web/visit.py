"""One request as a page sees it: what was sent, what is open, what time it is, and what this browser may see.

Pages are plain functions from a visit to a response; they run in the thread pool, so they may wait for the database.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal.actions import access, policies
from portal.actions.access import Access
from portal.actions.policies import Policy
from portal.records import Session
from portal.records.accounts import AccountRow
from portal.records.unavailable import tried_again
from portal.resources import Resources
from portal.web.cookies import read_secret
from portal.web.errors import LinkNeeded
from portal.web.render import html
from portal.web.throttle import Throttle
from portal.web.visitors import visitor_of

_MOST_FIELDS = 5_000


@dataclass(frozen=True, slots=True)
class Visit:
    """`now` is one aware UTC instant for all of the visit; `body` is the raw bytes, `form` what they say."""

    request: Request
    resources: Resources
    throttle: Throttle
    now: datetime
    body: bytes
    form: ImmutableMultiDict[str, str]

    @property
    def path(self) -> Mapping[str, str]:
        """The parts of the address by name, such as `account` and `charge`."""
        return self.request.path_params

    @property
    def query(self) -> ImmutableMultiDict[str, str]:
        """What follows the `?`; a name may come more than once."""
        return self.request.query_params

    @property
    def secret(self) -> str | None:
        """What the session's cookie says."""
        return read_secret(self.request, self.resources.settings)

    @property
    def visitor(self) -> str:
        """Where the request comes from, for limits."""
        return visitor_of(self.request, self.resources.settings.trusted_proxies)

    def policy(self, session: Session) -> Policy:
        """What the business has decided, as of the seller's day (`policy.today`)."""
        return policies.load(session, now=self.now)

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

    def see(self, address: str) -> Response:
        """On with a GET to an address that we made, never to one that came with the request."""
        return RedirectResponse(address, status_code=303)


Page = Callable[[Visit], Response]


def resource(path: str, *, get: Page | None = None, post: Page | None = None) -> Route:
    """A line of the table of contents: what answers at this address. HEAD goes where GET goes."""
    pages = {method: page for method, page in (("GET", get), ("POST", post)) if page is not None}

    async def endpoint(request: Request) -> Response:
        page = pages["GET" if request.method == "HEAD" else request.method]
        # A page may run more than once: what it asks of Stripe has keys made from our own rows.
        return await run_in_threadpool(tried_again, partial(page, await _visit(request)))

    return Route(path, _named(endpoint, path), methods=list(pages))


def _named(endpoint: Callable[[Request], Awaitable[Response]], path: str) -> Callable[[Request], Awaitable[Response]]:
    endpoint.__name__ = path
    return endpoint


async def _visit(request: Request) -> Visit:
    body = await request.body() if request.method == "POST" else b""
    form = await request.form(max_files=0, max_fields=_MOST_FIELDS) if body else FormData()
    typed: ImmutableMultiDict[str, str] = ImmutableMultiDict(
        [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    )
    texts = [*request.path_params.values(), *_texts(request.query_params), *_texts(typed)]
    # No text column can hold this character, and nobody types it.
    if any("\0" in text for text in texts):
        raise HTTPException(400)
    resources: Resources = request.app.state.resources
    return Visit(
        request=request,
        resources=resources,
        throttle=request.app.state.throttle,
        now=resources.clock(),
        body=body,
        form=typed,
    )


def _texts(given: ImmutableMultiDict[str, str]) -> list[str]:
    return [text for pair in given.multi_items() for text in pair]

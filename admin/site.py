"""The whole site: the customers' pages, and the staff's beside them."""

from starlette.applications import Starlette
from starlette.responses import Response

from admin.routes import ADMIN_ROUTES
from admin.web.desk import door
from portal.app import create_app
from portal.resources import Resources
from portal.rules.refusals import NotFound
from portal.web.visit import Arrival


def create_site(resources: Resources) -> Starlette:
    """What `portal serve` serves, on these resources, which stay the caller's to close."""
    return create_app(resources, more=(*ADMIN_ROUTES, _NOWHERE))


def _nowhere(arrival: Arrival) -> Response:
    raise NotFound("There is no such page. The address may be mistyped.")


# Whoever works here should not be told to look for a pay link.
_NOWHERE = door("/admin/{rest:path}", get=_nowhere, post=_nowhere)

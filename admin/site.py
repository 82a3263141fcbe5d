"""The whole site: the customers' pages, and the staff's beside them."""

from starlette.applications import Starlette

from admin.routes import ADMIN_ROUTES
from portal.app import create_app
from portal.resources import Resources


def create_site(resources: Resources) -> Starlette:
    """What `portal serve` serves, on these resources, which stay the caller's to close."""
    return create_app(resources, more=ADMIN_ROUTES)

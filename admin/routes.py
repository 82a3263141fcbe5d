"""The admin's table of contents: what answers where, who may look and who may act."""

from starlette.routing import BaseRoute

ADMIN_ROUTES: tuple[BaseRoute, ...] = ()

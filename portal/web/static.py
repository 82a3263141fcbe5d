"""Style sheets, fonts and scripts, under an address that holds their hash: what it shows never changes."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from portal.templating import asset_root, static_hash

_FOR_EVER = "public, max-age=31536000, immutable"


class HashedStatic(StaticFiles):
    """Mounted at `/static/{hash}`. A page from before an upgrade gets today's file, but may not keep it."""

    def __init__(self) -> None:
        super().__init__(directory=asset_root("static"))

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if scope["path_params"]["hash"] == static_hash():
            response.headers["cache-control"] = _FOR_EVER
        return response

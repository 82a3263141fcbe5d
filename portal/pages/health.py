"""For whatever watches over the house: the process answers; the database answers too."""

from starlette.responses import JSONResponse, Response

from portal.records.unavailable import ping
from portal.web.visit import Visit


def alive(visit: Visit) -> Response:
    """The process serves requests."""
    return JSONResponse({"status": "ok"})


def ready(visit: Visit) -> Response:
    """The database answers and has been migrated; otherwise the usual 503."""
    with visit.resources.reading() as session:
        ping(session)
    return JSONResponse({"status": "ok"})

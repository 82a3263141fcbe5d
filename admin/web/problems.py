"""What staff see when something is not to be had: a sentence, and where to go on."""

from starlette.responses import Response

from portal.records.unavailable import UNAVAILABLE
from portal.web.render import html
from portal.web.visit import Arrival


def problem(arrival: Arrival, status: int, heading: str, sentence: str, *, go_on: tuple[str, str]) -> Response:
    """A page in the frame for those who are not logged in; `go_on` is an address of ours and what its link says."""
    try:
        with arrival.resources.reading() as session:
            policy = arrival.policy(session)
    except UNAVAILABLE:
        policy = None
    context = {"heading": heading, "sentence": sentence, "go_on": go_on}
    return html("admin/problem.html", context, policy=policy, status=status)

"""Limits kept in this process's memory: cheap enough to ask before any work is done.

What must hold over all processes (asking for letters) is counted in the database, by `actions/throttle`.
"""

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from portal.rules.refusals import Refusal


class Throttle:
    """One per application. `limits` reads its own clock: these windows are real time, whatever the business's is."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def check(self, limit: str, *who: str) -> None:
        """Count one more for `who`; over the limit (such as `30 per 10 minutes`) it is refused."""
        if not self._limiter.hit(parse(limit), *who):
            raise Refusal("There were many requests in a short time. Wait a few minutes, then try again.", status=429)

"""Confirming a browser, in words: what it is called, since when it is confirmed, and until when."""

from collections.abc import Sequence

from portal.records.step_up import DeviceRow
from portal.rules.dates import local_day
from portal.wording import Words

# In this order: most browsers call themselves by the names of others, too.
_BROWSERS = (
    (("Edg/", "EdgA/", "EdgiOS/"), "Edge"),
    (("OPR/", "OPT/"), "Opera"),
    (("SamsungBrowser/",), "Samsung Internet"),
    (("Firefox/", "FxiOS/"), "Firefox"),
    (("Chrome/", "CriOS/"), "Chrome"),
    (("Safari/",), "Safari"),
)
_SYSTEMS = (
    (("iPhone",), "iPhone"),
    (("iPad",), "iPad"),
    (("Android",), "Android"),
    (("Windows",), "Windows"),
    (("CrOS",), "ChromeOS"),
    (("Mac OS X", "Macintosh"), "Mac"),
    (("Linux", "X11"), "Linux"),
)


def listed(found: Sequence[DeviceRow], this: DeviceRow, words: Words, *, base: str) -> list[dict[str, object]]:
    """Each confirmed browser, with the address that revokes it."""
    return [
        {
            "name": browser_name(row.user_agent, words),
            "since": words.moment(row.created_at),
            "until": words.date(local_day(row.expires_at, words.time_zone)),
            "is_this": row.id == this.id,
            "revoke": f"{base}/devices/{row.public_id}/revocation",
        }
        for row in found
    ]


def browser_name(user_agent: str, words: Words) -> str:
    """`Firefox on Windows`, as far as the browser says so."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if browser and system:
        return words.text("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or words.text("A browser that does not say what it is")


def _first(known: Sequence[tuple[tuple[str, ...], str]], user_agent: str) -> str:
    return next((name for marks, name in known if any(mark in user_agent for mark in marks)), "")

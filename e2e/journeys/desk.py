"""The owner at the admin's pages: logging in as people do, and a quicker way for journeys about something else."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from admin.access import sessions
from admin.web.cookies import STAFF
from e2e.house import House
from portal.records import staff


def log_in(page: Page, house: House, wanted: str = "/admin/account") -> None:
    """By the forms, to the page that is wanted. A code works once and tries are counted: at most one in 30 seconds."""
    page.goto(f"{house.portal.url}{wanted}")
    page.get_by_label("Email address").fill(house.owner.email)
    page.get_by_label("Password").fill(house.owner.password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code from your app").fill(house.owner.code(house.clock.now()))
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{house.portal.url}{wanted}")


def enter(page: Page, house: House, wanted: str = "/admin", *, email: str = "") -> None:
    """To the page that is wanted, as the owner or another of the staff, by a session made in the database: it is as if
    the second factor had just been shown."""
    resources = house.resources()
    now = house.clock.now()
    with resources.writing() as session:
        who = staff.by_email(session, email or house.owner.email)
        assert who is not None
        half = sessions.begin(session, who.id, address="127.0.0.1", browser="A journey", now=now)
        held = sessions.find(session, half.secret, now=now)
        assert held is not None
        fresh = sessions.open_fully(session, held, now=now)
    name = STAFF.name(resources.settings)
    resources.close()
    page.context.add_cookies(
        [
            {
                "name": name,
                "value": fresh.secret,
                "domain": urlsplit(house.portal.url).hostname or "",
                "path": "/",
                "httpOnly": True,
                "sameSite": "Strict",
            }
        ]
    )
    page.goto(f"{house.portal.url}{wanted}")


def search(page: Page, words: str) -> None:
    """What a list finds for these words. It replaces what was there, and a click in between would hit what is to go."""
    page.get_by_label("Search").fill(words)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile("search="))

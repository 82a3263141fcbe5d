"""How a page looks to those who cannot see it well, in either theme and at either width."""

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What is well need not be listed in full, which takes longer than finding out.
OPTIONS = {"resultTypes": ["violations"]}
SCREENS = [("light", 1280), ("dark", 390), ("dark", 1280), ("light", 390)]


def findings(page: Page, name: str) -> Iterator[str]:
    """What is wrong with the page that is open, each as a sentence that begins with `name`."""
    for theme, width in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield f"{name}, {theme}, {width}: wider than the screen"
        for violation in Axe().run(page, options=OPTIONS).response["violations"]:
            yield f"{name}, {theme}, {width}: {violation['id']}: {violation['nodes'][0]['html'][:120]}"
    page.set_viewport_size({"width": 1280, "height": 900})

"""How a page looks to those who cannot see it well, in either theme and at either width."""

from collections.abc import Iterator

from playwright.sync_api import Page

from e2e.axe import violations

SCREENS = [("light", 1280), ("dark", 390), ("dark", 1280), ("light", 390)]


def findings(page: Page, name: str) -> Iterator[str]:
    """What is wrong with the page that is open, each as a sentence that begins with `name`."""
    for theme, width in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield f"{name}, {theme}, {width}: wider than the screen"
        yield from (f"{name}, {theme}, {width}: {violation}" for violation in violations(page))
    page.set_viewport_size({"width": 1280, "height": 900})

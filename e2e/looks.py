"""How a page looks to those who cannot see it well, in either theme and at either width."""

from collections.abc import Iterator, Sequence
from typing import Literal

from playwright.sync_api import Page

from e2e.axe import violations

Screen = tuple[Literal["light", "dark"], int]
# Each theme and each width once.
ONCE_EACH: tuple[Screen, ...] = (("light", 1280), ("dark", 390))
# What is shown only at one width has its colours in both themes.
ALL: tuple[Screen, ...] = (*ONCE_EACH, ("dark", 1280), ("light", 390))


def findings(page: Page, name: str, screens: Sequence[Screen] = ALL) -> Iterator[str]:
    """What is wrong with the page that is open, each as a sentence that begins with `name`."""
    # Whoever has just pressed a link has seen the next page begin, and no more.
    page.wait_for_load_state("load")
    for theme, width in screens:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield f"{name}, {theme}, {width}: wider than the screen"
        yield from (f"{name}, {theme}, {width}: {violation}" for violation in violations(page))
    page.set_viewport_size({"width": 1280, "height": 900})

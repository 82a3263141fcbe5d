"""What axe finds in the page that is open: its findings only, for it takes long to list all that is well.

Its script is put into a page once, however often the page is looked at: reading it takes a browser as long as a look.
"""

from functools import cache

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_LOOK = """
async () => (await axe.run({ resultTypes: ["violations"] })).violations
    .map((found) => `${found.id}: ${found.nodes[0].html.slice(0, 120)}`)
"""


def violations(page: Page) -> list[str]:
    """Each as a sentence that begins with the name of the rule that is broken."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_script())
    found: list[str] = page.evaluate(_LOOK)
    return found


@cache
def _script() -> str:
    script: str = Axe().axe_script
    return script

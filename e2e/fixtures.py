"""The one browser of a test process, for journeys and templates alike (pyproject.toml loads this as a plugin).

Two of them would not do: playwright's loop runs once in a process.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from e2e.browser import launch


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium without a window; contexts are the tests' own to open and close."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()

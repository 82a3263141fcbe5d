"""`make screenshots`: the pictures of the README, taken of the house with its sample company."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from e2e.browser import launch
from e2e.house import House

PICTURES = Path(__file__).parents[1] / "docs"
WIDTH = 1280


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="portal-house-"))
    house = House(folder)
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
            _statement(page, house.link)
            browser.close()
    finally:
        house.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _statement(page: Page, link: str) -> None:
    """The statement of Northwind Traders without its foot, with the discounts to be had chosen."""
    page.goto(link)
    page.get_by_role("button", name="View statement").click()
    page.get_by_label("Pay INV-2066").check()
    expect(page.get_by_role("button", name="Review and pay $11,037.50")).to_be_visible()
    page.evaluate("document.fonts.ready")
    end = page.get_by_role("table").bounding_box()
    assert end is not None
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": end["y"] + end["height"] + 32}
    page.screenshot(path=PICTURES / "statement.png", clip=clip)  # type: ignore[arg-type]
    print(PICTURES / "statement.png")


if __name__ == "__main__":
    main()

"""The pages in a real browser: no accessibility findings, nothing blocked by the policy, and the little script."""

import functools
import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from e2e.looks import ONCE_EACH, findings
from tests.templates.gallery import write_gallery

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'"
# The pages are dealt out, so that more than one process can look at them.
TURNS = 4
STATEMENT = "statements-show-usual.html"


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """The gallery's address and its pages; papers and letters are read by other programs."""
    folder = tmp_path_factory.mktemp("gallery")
    names = [name for name in write_gallery(folder) if not name.startswith(("pdf-", "letter-"))]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", names
        server.shutdown()
        thread.join()


@pytest.fixture
def statement(chromium: Browser, gallery: tuple[str, list[str]]) -> Iterator[Page]:
    """The usual statement: three rows checked, one with a discount."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.goto(f"{gallery[0]}/{STATEMENT}")
    yield page
    context.close()


@pytest.mark.parametrize("turn", range(TURNS))
def test_pages_have_no_findings(chromium: Browser, gallery: tuple[str, list[str]], turn: int) -> None:
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    names = gallery[1][turn::TURNS]
    found = [finding for name in names for finding in _found(page, f"{gallery[0]}/{name}")]
    context.close()
    assert found == []


def test_the_total_follows_the_selection(statement: Page) -> None:
    total = statement.locator(".sums [data-total]")
    discount = statement.locator(".sums [data-discount]")
    expect(total).to_have_text("$11,037.50")
    statement.get_by_label("Pay INV-2071").check()
    expect(total).to_have_text("$15,506.30")
    expect(discount).to_have_text("−$184.20")
    statement.get_by_role("button", name="Clear all").click()
    expect(total).to_have_text("$0.00")
    expect(discount).to_be_hidden()
    statement.get_by_role("button", name="Select all overdue").click()
    expect(statement.get_by_role("button", name="Review and pay $4,180.00")).to_be_enabled()
    statement.get_by_role("button", name="Select all", exact=True).click()
    expect(statement.locator("input[name=charge]:checked")).to_have_count(4)


def test_the_theme_is_remembered(statement: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = statement.evaluate(ground)
    switch = statement.get_by_role("button", name="Dark theme")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert statement.evaluate(ground) != light
    statement.reload()
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert statement.evaluate(ground) != light


def test_a_second_click_sends_nothing(chromium: Browser, gallery: tuple[str, list[str]]) -> None:
    page = chromium.new_page()
    page.goto(f"{gallery[0]}/payments-check-usual.html")
    page.evaluate(
        """() => { window.sent = 0; addEventListener("submit", (event) => {
            if (!event.defaultPrevented) window.sent += 1; event.preventDefault(); }); }"""
    )
    button = page.get_by_role("button", name="Pay $11,037.50")
    button.dblclick()
    assert page.evaluate("sent") == 1
    expect(button).to_be_enabled()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    button.click()
    assert page.evaluate("sent") == 2
    page.close()


def test_without_a_script_the_choice_is_a_plain_form(chromium: Browser, gallery: tuple[str, list[str]]) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gallery[0]}/{STATEMENT}")
    expect(page.locator("[data-total]").first).to_be_hidden()
    expect(page.get_by_role("button", name="Dark theme")).to_be_hidden()
    expect(page.get_by_role("button", name="Select all overdue")).to_be_hidden()
    page.get_by_label("Pay INV-2041").uncheck()
    page.get_by_role("button", name="Review and pay").click()
    assert page.url.endswith("/pay?charge=ch_INV-2058&charge=ch_INV-2066")
    context.close()


@pytest.mark.parametrize("name", ["plans-builder-usual.html", "plans-offer-usual.html"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_payment_of_a_plan_stands_in_one_line(
    chromium: Browser, gallery: tuple[str, list[str]], name: str, width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{gallery[0]}/{name}")
    page.evaluate("document.querySelectorAll('.plan-schedule td.number').forEach(e => e.textContent = '$13,138.10')")
    heights = page.locator(".plan-schedule tbody tr").evaluate_all("rows => rows.map(row => row.offsetHeight)")
    assert max(heights) < 44
    page.close()


def test_offers_side_by_side_end_in_one_line(chromium: Browser, gallery: tuple[str, list[str]]) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{gallery[0]}/plans-offer-usual.html")
    page.evaluate("document.querySelector('.plan-schedule tbody tr').remove()")
    for part in (".plan-options > .card", ".plan-options .button"):
        ends = page.locator(part).evaluate_all("all => all.map(each => each.getBoundingClientRect().bottom)")
        assert len(set(ends)) == 1, part
    page.close()


def test_without_boxes_the_statement_has_no_column_for_them(chromium: Browser, gallery: tuple[str, list[str]]) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 900})
    page.goto(f"{gallery[0]}/{STATEMENT}")
    number = page.locator(".item-number").first
    before = number.bounding_box()
    page.evaluate("document.querySelectorAll('.pick').forEach(each => each.remove())")
    after = number.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] < before["x"] - 30
    dots = "all => all.map(each => getComputedStyle(each, '::before').content)"
    page.evaluate("document.querySelector('.item-due .sub').textContent = ''")
    assert page.locator(".item-due .sub").evaluate_all(dots)[0] == "none"
    page.close()


def _found(page: Page, address: str) -> Iterator[str]:
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    page.on("console", listen)
    page.goto(address)
    yield from findings(page, address, ONCE_EACH)
    page.remove_listener("console", listen)
    yield from (f"{address}: {text}" for text in said)

"""What a customer does again and again, by the words on the page."""

import io
import re

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from e2e.journeys.town import Guest, Town

CARD = "4242 4242 4242 4242"
BANK = "000123456789"
# The button of a letter, among the addresses of the seller.
_OPENS = re.compile("^(View|Pay|Answer|Look|Confirm|Open)")


def open_from_mailbox(town: Town, page: Page, guest: Guest, subject: str) -> Page:
    """Find the guest's letter in the mailbox and follow its button; answers the new tab."""
    letter = town.letter(guest, subject)
    page.goto(town.mailbox.url)
    page.locator(f"a[href='/letters/{letter.number}']").click()
    expect(page.get_by_role("heading", name=letter.subject)).to_be_visible()
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name=_OPENS).click()
    opened.value.wait_for_load_state()
    return opened.value


def choose(page: Page, *numbers: str) -> None:
    """Let exactly these invoices be checked on the statement, each named by the end of its number."""
    expect(page.get_by_role("button", name="Review and pay").locator("visible=true").last).to_be_visible()
    page.wait_for_load_state()
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    for number in numbers:
        box_of(page, number).check()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(len(numbers))


def box_of(page: Page, number: str) -> Locator:
    return page.get_by_label(re.compile(f"^Pay .*-{number}$"))


def review(page: Page) -> None:
    """From the statement to check and pay."""
    page.get_by_role("button", name="Review and pay").locator("visible=true").last.click()
    expect(page.get_by_role("heading", name="Check and pay")).to_be_visible()


def go_to_stripe(page: Page, method: str) -> None:
    """Choose how to pay on check and pay, and press the button there."""
    page.get_by_label("Card" if method == "card" else "Bank account").check()
    page.locator("form[action$='/payments'] button[type=submit]").click()
    expect(page.get_by_role("heading", name="How to pay")).to_be_visible()


def fill_card(page: Page, number: str = CARD, *, wait: bool = True) -> None:
    """Pay on Stripe's page. Without `wait` the answer may never come."""
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Name on card").fill("Pat Payer")
    page.get_by_role("button", name="Pay $").click(no_wait_after=not wait)


def fill_bank(page: Page, number: str = BANK) -> None:
    page.get_by_label("Account holder").fill("Pat Payer")
    page.get_by_label("Account number").fill(number)
    page.get_by_role("button", name="Pay $").click()


def sees(page: Page, *texts: str) -> None:
    """Each of them stands somewhere in what the page says."""
    for text in texts:
        expect(page.locator("main")).to_contain_text(text)


def balance(page: Page, amount: str) -> None:
    """The large figure at the head of a statement."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(amount)


def read_pdf(page: Page, link: str) -> str:
    """The text of the PDF behind a link, fetched with the browser's own session."""
    address = page.get_by_role("link", name=link).get_attribute("href")
    answer = page.request.get(f"{page.url.partition('/a/')[0]}{address}")
    assert answer.headers["content-type"] == "application/pdf"
    assert "inline; filename=" in answer.headers["content-disposition"]
    return "\n".join(each.extract_text() for each in PdfReader(io.BytesIO(answer.body())).pages)

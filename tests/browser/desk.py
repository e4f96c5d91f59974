"""What people at a desk do on the console's page."""

from tests.browser.chromium import Page


async def fill_form(page: Page, **values: str) -> None:
    """Fill fields of the form of a rule, by their names."""
    for name, value in values.items():
        await page.fill(f"#rule [name={name}]", value)

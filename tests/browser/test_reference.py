"""/docs in a real browser, under the strict policy and without another host."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage


def test_the_calls_can_be_read_and_tried(open_page: OpenPage) -> None:
    page = open_page("/docs", ready=False)
    expect(page.locator(".opblock")).not_to_have_count(0)
    page.locator("#operations-default-get_surface .opblock-summary-control").click()
    page.locator("#operations-default-get_surface input[placeholder=name]").fill("bowl")
    with page.expect_response("**/api/v1/surfaces/bowl*") as answered:
        page.get_by_role("button", name="Execute").click()
    assert answered.value.status == 200

"""What the service refuses stands on the page in the reader's language."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def test_a_chinese_page_says_every_refusal_in_chinese(open_page: OpenPage) -> None:
    page = open_page("/?surface=beale&run=adam(lr=2000)", locale="zh-CN", quiet=False)
    expect(page.locator(".note")).to_contain_text("runs[0].settings.lr 必须在 0 到 1000 之间，不能是 2000。")
    page.fill("#formula", "x**2 + sn(y)")
    expect(page.locator("#formula-problem")).to_contain_text("不认识“sn”：是不是 sin？")  # over HTTP
    page.fill("#steps", "99999")
    page.press("#steps", "Enter")
    expect(page.locator("#running-problem")).to_have_text(
        "steps: 必须在 1 到 10000 之间，不能是 99999。"
    )  # by the stream


def test_an_english_page_keeps_the_services_own_words(open_page: OpenPage) -> None:
    page = open_page("/", quiet=False)
    page.fill("#formula", "x**2 + ln(y)")
    expect(page.locator("#formula-problem")).to_contain_text(
        re.compile("'ln' is not known: the natural logarithm is log")
    )

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from glue2lakehouse.tools.report import SourcePair, build_report, write_report
from glue2lakehouse.tools.report.model import FileReport, Report

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = Path("/usr/bin/chromium")
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}: install Debian's chromium"),
]


def a_report_of(count: int) -> Report:
    finding = {"rule": "purge-s3-path", "severity": "blocker", "line": 2, "message": HOSTILE, "action": "decide"}
    edit = {"rule": "from-catalog", "certainty": "exact", "source_line": 1, "target_line": 1}
    files = [
        FileReport.model_validate(
            {
                "path": f"jobs/job_{number:03d}.py",
                "status": "needs_review" if number == 7 else "converted",
                "evidence": "resolved",
                "confidence": 0.9,
                "findings": [finding] if number == 7 else [],
                "edits": [edit],
            }
        )
        for number in range(count)
    ]
    return build_report(
        project="many",
        source="many",
        started_at="2024-01-15T08:00:00Z",
        seconds=1,
        file_types={"py": count},
        files=files,
        entities=[],
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Page]":
    from playwright.sync_api import sync_playwright

    report = a_report_of(500)
    pair = SourcePair(f"old = 1\nx = '{HOSTILE}'\n", f"new = 1\nx = '{HOSTILE}'\n", "src/a.py")
    written = write_report(report, {file.path: pair for file in report.files}, tmp_path_factory.mktemp("report"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page()
        problems: list[str] = []
        page.on(
            "console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: problems.append(request.url) if request.url[:5] != "file:" else None)
        page.goto(written.html.as_uri())
        yield page
        browser.close()
    assert problems == []


def test_the_banner_and_the_counts_are_on_the_page(page: "Page") -> None:
    assert page.inner_text(".banner strong") == "Needs review"
    assert page.inner_text("#shown") == "500 files"


def test_filters_narrow_the_list_and_reset_brings_it_back(page: "Page") -> None:
    page.fill("#query", "purge-s3")
    assert page.inner_text("#shown") == "1 of 500 files"
    assert page.locator(".file:visible").count() == 1
    page.click("#reset")
    page.click("button[data-status=converted]")
    assert page.inner_text("#shown") == "1 of 500 files"
    page.click("#reset")
    page.select_option("#severity", "none")
    assert page.inner_text("#shown") == "499 of 500 files"
    page.click("#reset")
    assert page.inner_text("#shown") == "500 files"


def test_a_file_is_drawn_when_it_is_opened_and_its_text_stays_text(page: "Page") -> None:
    assert page.locator(".diff").count() == 0
    page.evaluate("location.hash = '#f7L2'")
    page.wait_for_selector("#f7 .diff")
    assert page.locator(".diff").count() == 1
    assert HOSTILE in page.inner_text("#f7 .diff")
    assert "from-catalog exact" in page.inner_text("#f7 .diff td.why >> nth=0")
    assert "purge-s3-path" in page.inner_text("#f7 .diff .note")
    assert page.title() != "owned"


def test_a_finding_in_the_code_can_be_read_on_a_phone(page: "Page") -> None:
    before = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.getElementById('f7').open = true")
    page.wait_for_selector("#f7 .diff .note .told")
    box = page.locator("#f7 .diff .note .told").bounding_box()
    assert box is not None
    assert (box["x"] >= 0, box["x"] + box["width"] <= 390) == (True, True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert before is not None
    page.set_viewport_size(before)


def test_the_page_can_be_used_with_the_keyboard_alone(page: "Page") -> None:
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "query"
    page.locator("#f9 > summary").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#f9 .diff")

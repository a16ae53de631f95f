"""The page in Chromium: what it shows, keyboard and mouse, what it never does."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest

from codemods.delivery.review.decisions import Decisions, parse_decisions
from codemods.engine.outcomes import FilePatch
from codemods.output.entries import Other, Said
from codemods.output.styled import harmless
from tests.review.browser.conftest import Open
from tests.review.pages import HOSTILE, about, fixed, hostile, many, refused

pytestmark = pytest.mark.slow


def press(browser: Any, keys: str) -> None:
    for key in keys:
        browser.find_element("tag name", "body").send_keys(key)


def text(browser: Any, selector: str) -> str:
    found: str = browser.find_element("css selector", selector).text
    return found


def current(browser: Any) -> str:
    return text(browser, "#list a[aria-current] .name")


def listed(browser: Any) -> list[str]:
    found = browser.find_elements("css selector", "#list li:not([hidden]) .name")
    return [item.text for item in found]


def decided(browser: Any) -> dict[str, str]:
    script = "return Object.values(localStorage)[0] || '{}'"
    saved = json.loads(browser.execute_script(script)).get("decisions", {})
    return {name.partition(":")[2]: item["decision"] for name, item in saved.items()}


def messages(browser: Any) -> list[str]:
    """What the browser complains of: a policy that was broken, a script that failed."""
    return [item["message"] for item in browser.get_log("browser")]


def test_hostile_texts_stay_text(show: Open) -> None:
    browser = show([hostile(item, number) for number, item in enumerate(HOSTILE)])
    browser.get_log("browser")
    for number in range(len(HOSTILE)):
        browser.execute_script("document.querySelectorAll('#list a')[arguments[0]].click()", number)
        shown = browser.execute_script("return document.getElementById('detail').textContent")
        name = browser.execute_script(
            "return document.querySelector('[aria-current] .name').textContent"
        )
        assert name in [", ".join([harmless(item)] * 3) for item in HOSTILE]
        name = name[: (len(name) - 4) // 3]
        assert shown.count(name) >= 12
    facts = browser.execute_script(
        "return [window.hacked || 0, document.images.length, document.scripts.length,"
        " document.querySelectorAll('iframe, object, embed, link, b, i').length]"
    )
    assert facts == [0, 0, 2, 0]
    assert messages(browser) == []


def test_a_hostile_title_and_report(show: Open) -> None:
    title = "</title><script>window.hacked=1</script>"
    browser = show([fixed("F-1")], about(title=title))
    assert browser.title == title
    assert browser.execute_script("return window.hacked || 0") == 0


def test_nothing_is_asked_of_anywhere(show: Open) -> None:
    browser = show([hostile(HOSTILE[0]), fixed("F-1"), refused("R-1")])
    press(browser, "jkasuxwnvd?")
    addresses = []
    for item in browser.get_log("performance"):
        message = json.loads(item["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            addresses.append(message["params"]["request"]["url"])
    # The browser's own pages load what is built into it.
    inside = ("file:", "blob:", "about:", "chrome:", "data:")
    assert [one for one in addresses if not one.startswith(inside)] == []
    blocked = browser.execute_script(
        "const made = document.createElement('script'); made.textContent = 'window.hacked = 2';"
        "document.body.append(made); return window.hacked || 0"
    )
    assert blocked == 0


def test_without_decisions_nothing_can_be_decided(show: Open) -> None:
    browser = show([fixed("F-1")], about(decidable=False))
    press(browser, "asw")
    assert browser.find_elements("css selector", ".act") == []
    assert decided(browser) == {}


def test_what_has_no_fix_is_not_decided(show: Open) -> None:
    browser = show([refused("R-1"), refused("R-2", "not-found")])
    press(browser, "as")
    assert decided(browser) == {}
    assert "nothing can be decided here" in text(browser, "#status")
    assert "because of the lock" in text(browser, "#detail .reason")


def test_keys_do_not_act_in_the_search(show: Open) -> None:
    browser = show([fixed("F-1"), fixed("F-2"), refused("R-1")])
    press(browser, "/")
    browser.switch_to.active_element.send_keys("another as")
    assert (decided(browser), listed(browser)) == ({}, [])
    browser.switch_to.active_element.send_keys("\ue003\ue003")
    assert listed(browser) == ["R-1"]
    browser.switch_to.active_element.send_keys("\ue00c")
    press(browser, "j")
    assert current(browser) == "R-1"


def test_keys(show: Open) -> None:
    browser = show([refused("R-1"), fixed("F-1"), fixed("F-2"), fixed("F-3")])
    assert listed(browser) == ["F-1", "F-2", "F-3", "R-1"]
    press(browser, "jjk")
    assert current(browser) == "F-2"
    press(browser, "a")
    assert (current(browser), decided(browser)) == ("F-3", {"F-2": "accept"})
    press(browser, "s")
    assert decided(browser) == {"F-2": "accept", "F-3": "skip"}
    press(browser, "n")
    assert current(browser) == "F-1"
    press(browser, "u")
    assert (current(browser), decided(browser)) == ("F-3", {"F-2": "accept"})
    assert "1 accepted · 0 skipped · 2 to decide" in text(browser, "#status")
    assert "✓ accepted" in text(browser, "#list li:nth-child(2)")
    press(browser, "x")
    assert browser.find_elements("css selector", "#detail details:not([open])") == []
    press(browser, "?")
    assert "save the decisions" in text(browser, "dialog[open]")


def test_mouse_and_single_changes(show: Open) -> None:
    browser = show([fixed("F-1", changes=3), fixed("F-2")])
    boxes = browser.find_elements("css selector", "#detail input[type=checkbox]")
    boxes[1].click()
    assert decided(browser) == {"F-1": "accept"}
    browser.find_element("css selector", ".act.accept").click()
    assert current(browser) == "F-2"
    browser.find_element("css selector", ".act.skip").click()
    browser.find_element("css selector", "#list li:nth-child(1) a").click()
    boxes = browser.find_elements("css selector", "#detail input[type=checkbox]")
    assert [box.is_selected() for box in boxes] == [True, False, True]
    found = saved(browser)
    verdicts = [item.decision for item in found.decisions[0].changes]
    assert verdicts == ["accept", "skip", "accept"]
    assert [item.decision for item in found.decisions] == ["accept", "skip"]


def saved(browser: Any) -> Decisions:
    """What "Save decisions" gives, without the way through a download."""
    script = """
        const done = arguments[0];
        const made = URL.createObjectURL;
        URL.createObjectURL = (blob) => { blob.text().then(done); return made(blob); };
        document.querySelector("button.main").click();
        URL.createObjectURL = made;
    """
    found: Decisions = parse_decisions(browser.execute_async_script(script).encode(), "page")
    return found


def test_the_same_defect_by_other_names(show: Open) -> None:
    said = (Said("impact", "Nobody pays."),)
    other = FilePatch("app/a.py", b"x = 1\n", b"x = 2\n")
    also = (
        Other("b:S-7", "LOW", "the queue stops", "docs/audits/b.md:3", said, ()),
        Other("c:T-1", "LOW", "and again", "docs/audits/c.md:9", (), (other,)),
    )
    browser = show([dataclasses.replace(fixed("F-1"), also=also), fixed("F-2")])
    assert current(browser) == "F-1, b:S-7, c:T-1"
    assert "Also reported as b:S-7" in text(browser, "#detail")
    assert "Not written: the part that only c:T-1 would change" in text(browser, "#detail")
    press(browser, "x")
    assert "Nobody pays." in text(browser, "#detail")
    press(browser, "/")
    browser.switch_to.active_element.send_keys("queue stops")
    assert listed(browser) == ["F-1, b:S-7, c:T-1"]
    browser.switch_to.active_element.send_keys("\ue00c")
    press(browser, "a")
    # The one whose fix is another one is not fixed by this.
    assert [item.also for item in saved(browser).decisions] == [("b:S-7",)]


def test_a_fix_without_any_of_its_changes_is_skipped(show: Open) -> None:
    browser = show([fixed("F-1", changes=2)])
    for box in browser.find_elements("css selector", "#detail input[type=checkbox]"):
        box.click()
    assert [item.decision for item in saved(browser).decisions] == ["skip"]


def test_decisions_outlive_the_page(show: Open) -> None:
    entries = [fixed("F-1"), fixed("F-2")]
    press(show(entries), "as")
    browser = show(entries)
    assert decided(browser) == {"F-1": "accept", "F-2": "skip"}
    assert "0 to decide" in text(browser, "#status")
    # Another page is another review.
    assert "3 to decide" in text(show([*entries, fixed("F-3")]), "#status")


@pytest.mark.parametrize(
    "junk", ["null", "[]", "{", '{"decisions": {"a:F-1": {"decision": "rm"}}}']
)
def test_what_others_put_into_the_storage(show: Open, junk: str) -> None:
    entries = [fixed("F-1")]
    press(show(entries), "a")
    browser = show(entries)
    browser.execute_script("localStorage.setItem(Object.keys(localStorage)[0], arguments[0])", junk)
    assert "1 to decide" in text(show(entries), "#status")


def test_filters(show: Open) -> None:
    browser = show([fixed("F-1"), fixed("F-2"), refused("R-1"), refused("N-1", "not-found")])
    browser.find_element("css selector", ".bar[data-value='not-found']").click()
    assert listed(browser) == ["N-1"]
    assert "1 of 4 findings" in text(browser, "#status")
    browser.find_element("css selector", ".bar[data-value='not-found']").click()
    press(browser, "a")
    browser.execute_script(
        "const s = document.getElementById('filter-decision'); s.value = 'open';"
        "s.dispatchEvent(new Event('change'))"
    )
    assert listed(browser) == ["F-2"]


def test_permalinks(show: Open) -> None:
    entries = [fixed("F-1"), fixed("F-2"), refused("R 1/<b>")]
    browser = show(entries, mark="#f=a%3AF-2")
    assert current(browser) == "F-2"
    browser.execute_script("location.hash = '#f=' + encodeURIComponent('a:R 1/<b>')")
    assert current(browser) == "R 1/<b>"
    for broken in ("#f=%E0%A4%A", "#f=nobody", "#detail"):
        assert current(show(entries, mark=broken)) == "F-1"


def test_side_by_side_and_one_column(show: Open) -> None:
    browser = show([fixed("F-1")])
    columns = "return document.querySelectorAll('#detail .file col').length"
    assert browser.execute_script(columns) == 6
    assert [item.text for item in browser.find_elements("css selector", ".file mark")] == [
        "time",
        "await",
        " asyncio",
    ]
    press(browser, "v")
    assert browser.execute_script(columns) == 4
    signs = [item.text for item in browser.find_elements("css selector", "td.sign")]
    assert signs == ["", "", "−", "+", ""]
    assert show([fixed("F-1")], width=800, mark="#f=a%3AF-1").execute_script(columns) == 4


def test_the_tools_hide_nothing(show: Open) -> None:
    """They stay on top while a page scrolls, on as many lines as they need."""
    for width in (1000, 1400):
        browser = show(many(30), width=width)
        press(browser, "jj")
        tools, title = browser.execute_script(
            "return [document.getElementById('tools').getBoundingClientRect().bottom,"
            " document.getElementById('detail-title').getBoundingClientRect().top]"
        )
        assert title >= tools


def test_phone(show: Open) -> None:
    browser = show([fixed("F-1"), hostile("x" * 3_000)], width=390)
    assert not browser.find_element("id", "detail").is_displayed()
    for number in range(2):
        browser.execute_script("document.querySelectorAll('#list a')[arguments[0]].click()", number)
        assert not browser.find_element("id", "list").is_displayed()
        wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert browser.execute_script(wide) == 0
        browser.find_element("css selector", ".back").click()
        assert browser.find_element("id", "list").is_displayed()


@pytest.mark.parametrize("dark", [False, True])
def test_dark_and_light(show: Open, dark: bool) -> None:
    browser = show([fixed("F-1")], dark=dark)
    back = "return getComputedStyle(document.body).backgroundColor"
    colours = ["rgb(255, 255, 255)", "rgb(13, 17, 23)"]
    assert browser.execute_script(back) == colours[dark]
    press(browser, "d")
    assert browser.execute_script(back) == colours[not dark]


def test_print(show: Open, tmp_path: Path) -> None:
    browser = show([fixed("F-1"), fixed("F-2"), refused("R-1")])
    script = "addEventListener('beforeprint', () => setTimeout(() => { window.printed = 1 }))"
    browser.execute_script(script)
    made = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    document = base64.b64decode(made["data"])
    assert document.startswith(b"%PDF")
    # A summary and a page for each.
    assert document.count(b"/Type /Page\n") == 4
    assert not browser.find_elements("css selector", "#print article")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_nothing_serious(show: Open, dark: bool, width: int) -> None:
    path = os.environ.get("AXE_CORE")
    if path is None:
        say = pytest.fail if os.environ.get("AUTOFIX_BROWSER") else pytest.skip
        say("AXE_CORE names no axe.min.js (npm install axe-core)")
    assert path is not None
    browser = show([*many(12), hostile(HOSTILE[0])], width=width, dark=dark)
    browser.execute_script(Path(path).read_text("utf-8"))
    for keys in ("", "as", "x", "v", "?"):
        press(browser, keys)
        result = browser.execute_async_script(
            "const done = arguments[0]; axe.run(document).then(done, (e) => done(String(e)))"
        )
        found = [
            (item["id"], item["impact"], [node["html"][:160] for node in item["nodes"]][:3])
            for item in result["violations"]
        ]
        assert found == []


def test_500_findings_are_read_with_the_keys(show: Open) -> None:
    browser = show(many(500))
    script = "return document.querySelectorAll('#list li:not([hidden])').length"
    assert browser.execute_script(script) == 500
    press(browser, "j" * 5)
    assert current(browser) == "F-006"

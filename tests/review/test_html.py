"""The page as text: its policy, its data, and that nobody's words become markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from codemods.output.html.page import page, plots
from tests.cli.conftest import Run, git
from tests.review.pages import HOSTILE, about, fixed, hostile, refused


class Read(HTMLParser):
    """The tags of a page, and what its script elements hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.held: dict[int, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        # What follows belongs to nobody.
        self.tags.append(("", {}))

    def handle_data(self, data: str) -> None:
        number = len(self.tags) - 1
        self.held[number] = self.held.get(number, "") + data

    def all(self, name: str) -> list[tuple[dict[str, str | None], str]]:
        return [
            (attributes, self.held.get(number, ""))
            for number, (tag, attributes) in enumerate(self.tags)
            if tag == name
        ]


def read(data: bytes) -> Read:
    return Read(data.decode())


def document(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(data).all("script")[0][1])
    return found


def test_nothing_leads_out_of_the_page() -> None:
    tags = read(page([fixed("F-1")], about())).tags
    assert {tag for tag, _ in tags}.isdisjoint({"img", "link", "iframe", "object", "form", "base"})
    for _, attributes in tags:
        assert attributes.keys().isdisjoint({"src", "style", "onclick", "srcset"})
        assert (attributes.get("href") or "#").startswith("#")


def test_the_policy_allows_this_script_and_nothing_else() -> None:
    found = read(page([fixed("F-1")], about()))
    policy = next(
        attributes["content"]
        for attributes, _ in found.all("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None and policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy and "http" not in policy
    for name, part in (("style", "style-src"), ("script", "script-src")):
        text = found.all(name)[-1][1]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{part} 'sha256-{digest}'" in policy


def test_the_policy_stands_before_what_it_is_about() -> None:
    tags = [tag for tag, _ in read(page([], about())).tags]
    assert tags.index("style") > tags.index("meta") + 1


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_begin_no_tag(text: str) -> None:
    usual = read(page([fixed("F-1")], about())).tags
    made = read(page([hostile(text)], about(title=text)))
    names = {tag for tag, _ in usual}
    assert {tag for tag, _ in made.tags} <= names
    assert len(made.all("script")) == 2
    data = made.all("script")[0][1]
    assert not re.search("[<>&\u2028\u2029\x00]", data)
    json.loads(data)


def test_the_data_says_what_decisions_need() -> None:
    found = document(page([fixed("F-1", changes=2), refused("R-1")], about()))
    assert (found["version"], found["base"], found["decidable"]) == (1, "a" * 40, True)
    first, second = found["findings"]
    assert (first["key"], first["patch"]) == ("0123456789ab", "b" * 40)
    assert [item["mark"] for item in first["changes"]] == ["0" * 16, "0" * 15 + "1"]
    assert (second["patch"], second["reason"]) == ("", "it is refused, because of the lock")


def test_the_digest_is_that_of_the_data() -> None:
    one, same = (document(page([fixed("F-1")], about())) for _ in range(2))
    other = document(page([fixed("F-2")], about()))
    assert one["digest"] == same["digest"] != other["digest"]


def test_what_can_be_decided_comes_first_and_the_worst_of_it() -> None:
    entries = [refused("R-1"), refused("N-1", "no-codemod"), fixed("F-1")]
    found = document(page(entries, about()))
    assert [item["id"] for item in found["findings"]] == ["F-1", "R-1", "N-1"]


def test_plots_leave_out_what_nothing_is_known_of() -> None:
    assert plots([]) == ()
    shown = {
        plot.title: [(bar.value, bar.number) for bar in plot.bars] for plot in plots([refused("R")])
    }
    assert shown == {"By severity": [("LOW", 1)], "By outcome": [("refused", 1)]}


def test_no_finding_is_a_page_too() -> None:
    assert document(page([], about()))["findings"] == []


def test_the_command_writes_a_page(autofix: Run, shop: Path, tmp_path: Path) -> None:
    target = tmp_path / "review.html"
    done = autofix("review", "--html", target)
    assert (done.status, done.out) == (0, b"")
    found = document(target.read_bytes())
    assert found["base"] == git(shop, "rev-parse", "HEAD")
    outcomes = [item["outcome"] for item in found["findings"]]
    assert outcomes[:4] == ["fixable"] * 4 and len(outcomes) == 8
    assert all(item["reason"] for item in found["findings"])
    assert git(shop, "status", "--porcelain") == ""


def test_a_page_that_cannot_be_written(autofix: Run, shop: Path, tmp_path: Path) -> None:
    done = autofix("review", "--html", tmp_path / "none" / "review.html")
    assert (done.status, done.out) == (2, b"")


def test_a_scan_as_a_page(autofix: Run, shop: Path) -> None:
    done = autofix("scan", "--output-format", "html")
    found = document(done.out)
    assert done.status == 1
    assert (found["decidable"], found["base"], found["noun"]) == (False, None, "site")
    assert found["findings"] and all(item["patch"] == "" for item in found["findings"])
    assert [item["files"] != [] for item in found["findings"]] == [
        item["outcome"] == "fixable" for item in found["findings"]
    ]

"""``autofix publish`` on the sample project and the test forge, and its issues as reports again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codemods.delivery.forge import pace
from tests.bot.server.faults import Fault, When
from tests.bot.server.http import ForgeServer
from tests.bot.server.state import BOT, PERSON, Item
from tests.bot.shop import Shop
from tests.cli.conftest import Ran, Run, autofix

__all__ = ["autofix"]
pytestmark = pytest.mark.slow


@pytest.fixture
def shop(
    server: ForgeServer, tmp_path: Path, autofix: Run, monkeypatch: pytest.MonkeyPatch
) -> Shop:
    monkeypatch.setattr(pace, "APART", 0.0)
    monkeypatch.setenv("GH_TOKEN", "ghp_bot")
    # As a workflow of an Enterprise Server has them.
    monkeypatch.setenv("GITHUB_API_URL", server.api)
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/shop")
    # More issues than a page holds, of ours and of others, before and behind.
    for number in range(130):
        server.state.new_item(Item(0, f"i{number}", "", BOT if number % 2 else PERSON))
    return Shop.make(server, tmp_path, autofix)


def publish(shop: Shop, *arguments: str) -> dict[str, dict[str, Any]]:
    """Its rows by the finding's id."""
    done = shop.autofix("publish", *arguments, "--output-format", "json", "-C", shop.clone)
    assert done.text, done.err
    return {row["selectors"][0].rpartition(":")[2]: row for row in json.loads(done.text)["rows"]}


def listed(shop: Shop, *arguments: str | Path) -> Ran:
    return shop.autofix("list", *arguments, "--output-format", "json", "-C", shop.clone)


def test_without_apply_nothing_is_written(shop: Shop) -> None:
    assert {row["issue"] for row in publish(shop).values()} == {None}
    assert shop.writes() == []


def test_issues_are_disabled(shop: Shop) -> None:
    shop.server.state.has_issues = False
    done = shop.autofix("publish", "--apply", "-C", shop.clone)
    assert (done.status, "issues are disabled" in done.err) == (2, True)
    assert shop.writes() == []


def test_each_is_published_once_whoever_closed_it(shop: Shop) -> None:
    state = shop.server.state
    first = publish(shop, "--apply")
    opened = {name: row["issue"] for name, row in first.items() if row["issue"]}
    assert len(opened) >= 4
    assert {row["action"] for row in first.values()} <= {"CREATED", "SKIPPED"}
    for number in range(130):
        state.new_item(Item(0, f"j{number}", "", BOT))
    again = publish(shop, "--apply")
    assert {again[name]["action"] for name in opened} == {"DUPLICATE"}
    regressed, declined = list(opened)[:2]
    for name, reason in ((regressed, "completed"), (declined, "not_planned")):
        item = state.items[opened[name]]
        item.state, item.reason = "closed", reason
    third = publish(shop, "--apply")
    assert third[declined]["action"] == "DECLINED"
    assert (third[regressed]["action"], third[regressed]["of"]) == ("REGRESSION", opened[regressed])
    related = [item.body for item in state.comments.values() if item.number == opened[regressed]]
    assert [f"#{third[regressed]['issue']}" in text for text in related] == [True]
    assert {row["action"] for row in publish(shop, "--apply").values()} <= {
        "DUPLICATE", "DECLINED", "SKIPPED",
    }  # fmt: skip


def test_a_report_with_another_name(shop: Shop) -> None:
    opened = {name: row["issue"] for name, row in publish(shop, "--apply").items() if row["issue"]}
    (report,) = (shop.clone / "docs/audits").glob("*.md")
    report.rename(report.with_name("SECOND_2026-04-01.md"))
    shop.git("add", "--all")
    shop.git("commit", "-q", "-m", "the report has another name")
    shop.publish()
    again = publish(shop, "--apply")
    known = {name for name in opened if again[name]["action"] == "DUPLICATE"}
    assert len(known) >= 5
    # Without a place and evidence only the report's name tells: the same title is only mentioned.
    for name in set(opened) - known:
        assert (again[name]["action"], again[name]["alike"]) == ("CREATED", [opened[name]])


@pytest.mark.parametrize("when", [When.AFTER, When.CUT_AFTER])
def test_an_issue_whose_answer_is_lost_is_no_second_one(shop: Shop, when: When) -> None:
    shop.server.state.faults.append(Fault("POST", "/issues", when=when))
    rows = publish(shop, "--apply")
    assert all(row["problem"] is None for row in rows.values())
    bodies = [item.body for item in shop.server.state.items.values() if "## Summary" in item.body]
    assert len(bodies) == len(set(bodies)) == sum(row["issue"] is not None for row in rows.values())


def test_the_issues_are_reports_again(shop: Shop) -> None:
    rows = publish(shop, "--apply", "--label", "backend")
    number = rows["B-01"]["issue"]
    one = json.loads(listed(shop, "--report", f"github:acme/shop#{number}").text)
    (found,) = one["findings"]
    assert found["report"] == f"github:acme/shop#{number}"
    assert found["outcome"] == "fixed"
    every = listed(shop, "--issues", "label:backend")
    opened = [row["issue"] for row in rows.values() if row["issue"]]
    assert len(json.loads(every.text)["findings"]) == len(opened)


def test_the_dashboard_is_no_report(shop: Shop) -> None:
    shop.run()
    assert "autofix" in next(
        item.labels for item in shop.server.state.items.values() if "autofix:1" in item.body
    )
    done = listed(shop, "--issues", "label:autofix")
    assert (done.status, "no open issue of acme/shop has the label autofix" in done.err) == (
        2,
        True,
    )
    assert done.text == ""


def test_issues_as_reports_of_the_bot_and_of_publish(shop: Shop) -> None:
    rows = publish(shop, "--apply", "--label", "backend")
    number = rows["B-01"]["issue"]
    state = shop.server.state
    by_hand = Item(0, "[2026-03-02] LOW - A label is missing", "## Summary\nIt is missing.", PERSON)
    state.new_item(by_hand).labels.append("backend")
    before = len(shop.writes())
    every = publish(shop, "--apply", "--issues", "label:backend")
    assert {row["action"] for row in every.values()} <= {"DUPLICATE", "EXISTING"}
    (one,) = publish(shop, "--apply", "--report", f"github:acme/shop#{number}").values()
    assert (one["action"], one["of"]) == ("DUPLICATE", number)
    assert len(shop.writes()) == before
    done = shop.bot("run", "--report", f"github:acme/shop#{number}", "--output-format", "json")
    assert [row["outcome"] for row in json.loads(done.text)["rows"]] == ["fixed"]
    done = shop.bot("run", "--issues", "label:nothing")
    assert (done.status, "no open issue" in done.err) == (2, True)

"""What a person decided in a review is theirs: the bot leaves the branch as it is."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from codemods.delivery.forge import pace
from tests.bot.server.http import ForgeServer
from tests.bot.shop import Shop
from tests.bot.test_runs import opened
from tests.cli.conftest import Run, autofix

__all__ = ["autofix"]
pytestmark = pytest.mark.slow


@pytest.fixture
def shop(
    server: ForgeServer, tmp_path: Path, autofix: Run, monkeypatch: pytest.MonkeyPatch
) -> Shop:
    monkeypatch.setattr(pace, "APART", 0.0)
    monkeypatch.setenv("GH_TOKEN", "ghp_bot")
    made = Shop.make(server, tmp_path, autofix)
    made.git("config", "user.name", "Reviewer")
    made.git("config", "user.email", "reviewer@example.org")
    return made


def reviewed(shop: Shop, monkeypatch: pytest.MonkeyPatch, name: str, *answers: str) -> str:
    """Somebody reviews a fix in their clone and pushes the branch; its tip."""
    script = shop.clone.parent / "editor.py"
    script.write_text(
        "import pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "path.write_text(path.read_text().replace('2**attempt)', 'min(2**attempt, 30))'))\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    bare = str(shop.server.state.git_dir)
    shop.git("fetch", "-q", bare, "+refs/heads/*:refs/remotes/origin/*")
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{key}\n" for key in answers)))
    done = shop.autofix("review", "--plain", name, "-C", shop.clone)
    assert done.status == 0, done.err
    (branch,) = done.text.split()
    shop.git("push", "-q", "--force", bare, f"{branch}:{branch}")
    return shop.git("rev-parse", branch)


def test_an_edit_of_an_open_pull_request_stays(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    number = opened(shop)["B-02"]
    state = shop.server.state
    head = state.items[number].head
    mine = reviewed(shop, monkeypatch, "B-02", "e")
    assert state.tips()[head] == mine
    said = state.git("log", "-1", "--format=%B", f"refs/heads/{head}")
    assert "a person edited the Change" in said
    assert "min(2**attempt, 30)" in state.git("show", f"{head}:orders/invoices.py")
    row = shop.run()["B-02"]
    assert (row["state"], state.tips()[head]) == ("edited", mine)
    assert "that a person made in a review" in shop.body(number)
    # Neither another run nor another base makes it whole again.
    shop.change("orders/invoices.py", "Draw the invoice of", "Draws the invoice of")
    shop.run()
    row = shop.run()["B-02"]
    assert (row["state"], state.tips()[head]) == ("edited", mine)
    # Asked for, it does, and what was there is kept.
    shop.tick(number, "recreate")
    assert shop.run()["B-02"]["state"] == "open"
    assert "min(" not in state.git("show", f"{head}:orders/invoices.py")
    kept = state.git("for-each-ref", "--format=%(objectname)", "refs/autofix/trash")
    assert kept == mine


def test_a_change_that_was_left_out_stays_out(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    number = opened(shop)["B-04"]
    state = shop.server.state
    head = state.items[number].head
    mine = reviewed(shop, monkeypatch, "B-04", "y", "n")
    pushes = shop.pushes()
    row = shop.run()["B-04"]
    assert (row["state"], state.tips()[head], shop.pushes()) == ("edited", mine, pushes)


def test_a_reviewed_branch_without_a_pull_request(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = reviewed(shop, monkeypatch, "B-02", "e")
    shop.run()
    row = shop.run()["B-02"]
    assert (row["state"], row["rule"]) == ("needs", "a branch of people")
    assert row["words"].endswith("has edits that a person made in a review")
    assert shop.server.state.tips()[row["branch"]] == mine


def test_what_a_review_accepted_whole_is_the_bots_own(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(shop)["B-02"]
    head = shop.server.state.items[number].head
    mine = reviewed(shop, monkeypatch, "B-02", "y")
    assert shop.run()["B-02"]["state"] == "open"
    assert shop.server.state.tips()[head] == mine

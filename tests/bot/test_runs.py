"""The command on the sample project and the test forge: what people do, run after run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from codemods.delivery.forge import pace
from tests.bot.server.faults import KINDS, Fault, When
from tests.bot.server.http import ForgeServer
from tests.bot.server.state import BOT, PERSON
from tests.bot.shop import Shop
from tests.cli.conftest import Run, autofix

__all__ = ["autofix"]
pytestmark = pytest.mark.slow


@pytest.fixture
def shop(
    server: ForgeServer, tmp_path: Path, autofix: Run, monkeypatch: pytest.MonkeyPatch
) -> Shop:
    monkeypatch.setattr(pace, "APART", 0.0)
    monkeypatch.setenv("GH_TOKEN", "ghp_bot")
    return Shop.make(server, tmp_path, autofix)


def opened(shop: Shop) -> dict[str, int]:
    """Two runs: the first makes the dashboard. Pull requests by finding."""
    shop.run()
    rows = shop.run()
    return {
        name: row["pull_request"] for name, row in rows.items() if row["pull_request"] is not None
    }


def test_the_first_run_makes_the_dashboard_and_nothing_else(shop: Shop) -> None:
    rows = shop.run()
    assert {row["state"] for row in rows.values()} == {"open", "done", "cannot", "needs"} & {
        row["state"] for row in rows.values()
    }
    assert shop.writes() == ["POST /repos/acme/shop/issues"]
    assert shop.pushes() == 0
    page = shop.dashboard()
    assert page.count("**B-01**") == 1


def test_without_apply_nothing_is_written(shop: Shop) -> None:
    for arguments in (["run"], ["dashboard"], ["explain", "B-01"]):
        done = shop.bot(*arguments)
        assert done.status == 0, done.err
        assert done.text
    assert shop.writes() == []


def test_fixes_become_pull_requests(shop: Shop) -> None:
    numbers = opened(shop)
    assert set(numbers) >= {"B-01", "B-05"}
    state = shop.server.state
    item = state.items[numbers["B-01"]]
    assert item.head in state.tips()
    assert "Autofix-Key: " in state.git("log", "-1", "--format=%B", f"refs/heads/{item.head}")
    assert state.git("rev-list", "--count", f"main..{item.head}") == "1"
    assert item.labels == ["autofix"]
    assert "B-01" in item.body
    # What the token is nobody sees.
    everything = "".join(item.body for item in state.items.values())
    assert "ghp_bot" not in everything
    assert "ghp_bot" not in shop.git("config", "--list")


def test_nothing_happened_so_nothing_is_written(shop: Shop) -> None:
    opened(shop)
    before, pushes = shop.writes(), shop.pushes()
    shop.run()
    assert (shop.writes(), shop.pushes()) == (before, pushes)


def test_the_base_moves_and_the_branches_stay(shop: Shop) -> None:
    opened(shop)
    pushes, tips = shop.pushes(), shop.server.state.tips()
    shop.change("README.md", "", "More words.\n")
    before = len(shop.writes())
    shop.run()
    assert shop.pushes() == pushes
    # The dashboard names the base.
    assert len(shop.writes()) == before + 1
    left = {name: tip for name, tip in shop.server.state.tips().items() if name != "main"}
    assert left.items() <= tips.items()


def test_people_edit_one_merge_one_and_close_one(shop: Shop) -> None:
    numbers = opened(shop)
    state = shop.server.state
    edited, merged, closed = numbers["B-01"], numbers["B-05"], numbers["B-02"]
    mine = state.commit(state.items[edited].head, "README.md", b"by hand\n")
    state.merge(merged)
    state.close(closed)
    shop.pull()
    rows = shop.run()
    assert rows["B-01"]["state"] == "edited"
    assert state.tips()[state.items[edited].head] == mine
    assert rows["B-05"]["state"] == "done"
    assert rows["B-02"]["state"] == "ignored"
    assert f"#{closed} · " in shop.dashboard()
    assert "someone closed it" in shop.dashboard()
    again = shop.run()
    assert [row["state"] for row in again.values()] == [row["state"] for row in rows.values()]


def test_recreate_keeps_what_people_did(shop: Shop) -> None:
    number = opened(shop)["B-01"]
    state = shop.server.state
    head = state.items[number].head
    mine = state.commit(head, "README.md", b"by hand\n")
    shop.run()
    shop.tick(number, "recreate")
    row = shop.run()["B-01"]
    assert row["state"] == "open"
    assert state.tips()[head] != mine
    kept = state.git("for-each-ref", "--format=%(objectname)", "refs/autofix/trash")
    assert kept == mine
    assert "[x]" not in shop.body(number)


def test_ignore_and_unignore(shop: Shop) -> None:
    number = opened(shop)["B-01"]
    state = shop.server.state
    shop.tick(number, "ignore")
    assert shop.run()["B-01"]["state"] == "ignored"
    assert state.items[number].state == "closed"
    assert state.items[number].head not in state.tips()
    assert [item.body for item in state.comments.values() if item.number == number]
    assert shop.run()["B-01"]["state"] == "ignored"
    page = next(item.number for item in state.items.values() if not item.head)
    shop.tick(page, "unignore")
    row = shop.run()["B-01"]
    assert row["state"] == "open"
    assert row["pull_request"] != number


def test_fixed_by_hand(shop: Shop) -> None:
    number = opened(shop)["B-05"]
    state = shop.server.state
    fix = state.git("show", f"refs/heads/{state.items[number].head}:{_path(shop, number)}")
    (shop.clone / _path(shop, number)).write_text(fix + "\n", "utf-8")
    shop.git("commit", "-q", "--all", "-m", "by hand")
    shop.publish()
    row = shop.run()["B-05"]
    assert row["state"] == "done"
    assert state.items[number].state == "closed"


def _path(shop: Shop, number: int) -> str:
    state = shop.server.state
    return state.git("diff", "--name-only", "main", f"refs/heads/{state.items[number].head}")


def test_a_protected_branch_is_held(shop: Shop) -> None:
    number = opened(shop)["B-01"]
    state = shop.server.state
    head = state.items[number].head
    state.protect(f"refs/heads/{head}")
    shop.tick(number, "ignore")
    done = shop.bot("run", "--apply")
    assert done.status == 1
    assert "GH006" in done.text
    assert head in state.tips()


def test_a_run_that_is_cut_off_is_continued(shop: Shop) -> None:
    shop.run()
    state = shop.server.state
    state.faults.append(Fault("POST", "/pulls", when=When.CUT_AFTER))
    state.faults.append(Fault("POST", "/labels", status=500))
    shop.run()
    shop.run()
    heads = [item.head for item in state.pulls()]
    assert len(heads) == len(set(heads))


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--repository", "acme/none"], "does not exist"),
        (["--repository", "nonsense"], "OWNER/NAME"),
        (["--api-url", "http://forge.example/api/v3"], "not encrypted"),
        (["--api-url", "https://ada:secret@forge.example/"], "password"),
        (["--app-id", "5"], "need each other"),
        (["--token-file", "nowhere"], "contains no token"),
    ],
)
def test_wrong_use(shop: Shop, arguments: list[str], part: str) -> None:
    done = shop.bot("run", *arguments)
    if "--repository" in arguments or "--api-url" in arguments:
        base = ["--api-url", shop.server.api, "--repository", "acme/shop"]
        done = shop.autofix("bot", "run", *base, *arguments, "-C", shop.clone)
    assert done.status == 2
    assert part in done.err
    assert "secret" not in done.err.replace(part, "")


def test_no_token(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GH_TOKEN")
    done = shop.bot("run")
    assert (done.status, "GH_TOKEN" in done.err) == (2, True)


def test_settings_of_the_base_count_and_no_others(shop: Shop) -> None:
    file = shop.clone / "pyproject.toml"
    file.write_text(file.read_text("utf-8").replace("enabled = true", "enabled = nonsense"))
    assert shop.bot("run").status == 0


def test_wrong_settings(shop: Shop) -> None:
    shop.change("pyproject.toml", "enabled = true", "enable = true\nupdate = 'sometimes'")
    done = shop.bot("run")
    assert done.status == 2
    assert "did you mean enabled?" in done.err
    assert "update must be one of" in done.err


def test_what_does_not_pass_is_not_opened(shop: Shop) -> None:
    shop.change("pyproject.toml", "enabled = true", "enabled = true\nverify = 'exit 3'")
    shop.run()
    rows = shop.run()
    assert rows["B-01"]["state"] == "needs"
    assert "exit 3" in rows["B-01"]["words"]
    assert shop.server.state.pulls() == []


def test_what_passes_says_so(shop: Shop) -> None:
    command = "verify = 'echo thirty tests'"
    shop.change("pyproject.toml", "enabled = true", f"enabled = true\n{command}")
    body = shop.body(opened(shop)["B-01"])
    assert "echo thirty tests: passed in" in body
    assert "```text\nthirty tests\n```" in body


def test_a_template(shop: Shop) -> None:
    (shop.clone / "body.md").write_text("Fix for {{ id }}: {{ changed | join(', ') }}\n")
    shop.git("add", "body.md")
    shop.change("pyproject.toml", "enabled = true", "enabled = true\ntemplate = 'body.md'")
    number = opened(shop)["B-01"]
    assert "Fix for B-01: " in shop.body(number)
    assert "<!-- autofix:ignore -->" in shop.body(number)


def _comment(
    shop: Shop, tmp_path: Path, number: int, text: str, author: str = PERSON
) -> tuple[int, Path]:
    made = shop.server.state.new_comment(number, text, author)
    event = {
        "action": "created",
        "comment": {"id": made.id, "body": text, "user": {"login": author}},
        "issue": {"number": number},
        "sender": {"login": author},
    }
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    return made.id, file


def test_a_command(shop: Shop, tmp_path: Path) -> None:
    number = opened(shop)["B-01"]
    state = shop.server.state
    place, file = _comment(shop, tmp_path, number, "/autofix ignore it is a test double")
    done = shop.bot("event", file, "--event-name", "issue_comment")
    assert done.status == 0, done.err
    assert state.items[number].state == "closed"
    assert state.comments[place].reactions == ["+1"]
    assert "by ada on" in shop.dashboard()
    assert "it is a test double" in shop.dashboard()


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("/autofix ignore", "eve"),
        ("/autofix ignore", "stranger"),
        ("/autofix destroy", PERSON),
        ("please\n/autofix ignore", PERSON),
        ("> /autofix ignore", PERSON),
        ("/autofixed ignore", PERSON),
        ("/autofix ignore", "autofix[bot]"),
    ],
)
def test_what_is_no_command(shop: Shop, tmp_path: Path, text: str, author: str) -> None:
    number = opened(shop)["B-01"]
    _, file = _comment(shop, tmp_path, number, text, author)
    assert shop.bot("event", file, "--event-name", "issue_comment").status == 0
    assert shop.server.state.items[number].state == "open"


def test_whoever_commands_is_told_what_was_not_done(shop: Shop, tmp_path: Path) -> None:
    numbers = opened(shop)
    state = shop.server.state
    closed, edited = numbers["B-01"], numbers["B-02"]
    state.close(closed)
    state.commit(state.items[edited].head, "README.md", b"by hand\n")
    for number, part in ((closed, "recreate opens one"), (edited, "ask for recreate")):
        place, file = _comment(shop, tmp_path, number, "/autofix rebase")
        assert shop.bot("event", file, "--event-name", "issue_comment").status == 1
        assert state.comments[place].reactions == ["confused"]
        (said,) = [item.body for item in state.comments.values() if f":re {place} " in item.body]
        assert part in said
    place, file = _comment(shop, tmp_path, closed, "/autofix recreate")
    assert shop.bot("event", file, "--event-name", "issue_comment").status == 0
    assert state.comments[place].reactions == ["+1"]


def test_what_is_meant_is_there(shop: Shop) -> None:
    """A name that nothing has is told: nobody waits for what was misspelt."""
    done = shop.bot("run", "--only", "B-01", "--only", "B-99", "--only", "#77")
    assert (done.status, "'B-99'" in done.err, "'#77'" in done.err) == (1, True, True)
    done = shop.bot("run", "--codemod", "offload-blocking-call")
    assert (done.status, "did you mean offload-blocking-calls" in done.err) == (2, True)


@pytest.mark.parametrize("name", ["watch", ""])
def test_an_event_that_means_nothing(shop: Shop, tmp_path: Path, name: str) -> None:
    file = tmp_path / "event.json"
    file.write_text("{}")
    done = shop.bot("event", file, "--event-name", name)
    assert done.status == 0
    assert shop.writes() == []


def test_pull_requests_of_forks_do_nothing(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    fork = {"head": {"repo": {"full_name": "eve/shop"}}}
    event = {"action": "opened", "pull_request": fork, "repository": {"full_name": "acme/shop"}}
    file.write_text(json.dumps(event))
    assert shop.bot("event", file, "--event-name", "pull_request").status == 0
    assert shop.writes() == []


def test_two_bots_at_once_open_one(shop: Shop) -> None:
    shop.run()
    # The second looks before the first writes: its push and its request meet what is there.
    numbers = shop.run()
    assert numbers
    state = shop.server.state
    heads = [item.head for item in state.pulls()]
    assert len(heads) == len(set(heads))


def test_an_archived_repository(shop: Shop) -> None:
    shop.server.state.archived = True
    done = shop.bot("run", "--apply")
    assert (done.status, "archived" in done.err) == (0, True)
    assert (shop.writes(), shop.pushes()) == ([], 0)


def test_without_issues_pull_requests_are_opened_all_the_same(shop: Shop, tmp_path: Path) -> None:
    shop.server.state.has_issues = False
    done = shop.bot("run", "--apply", "--summary", tmp_path / "page.md")
    assert "no dashboard was written" in done.err
    assert "**B-01**" in (tmp_path / "page.md").read_text("utf-8")
    opened = [item.head for item in shop.server.state.pulls()]
    assert len(opened) >= 4
    assert all(item.head for item in shop.server.state.items.values())
    shop.run()
    assert [item.head for item in shop.server.state.pulls()] == opened


def test_a_repository_that_was_renamed(shop: Shop) -> None:
    shop.server.moved_to = "acme/store"
    done = shop.bot("run", "--apply")
    assert (done.status, "--repository" in done.err) == (2, True)
    assert (shop.writes(), shop.pushes()) == ([], 0)


def test_actions_may_not_open_pull_requests(shop: Shop) -> None:
    """The branches stand, and the dashboard says where a person can open what we could not."""
    shop.run()
    status, message, headers, _ = KINDS["403 actions"]
    shop.server.state.faults.append(
        Fault("POST", "/pulls", status, message, times=99, headers=headers)
    )
    done = shop.bot("run", "--apply")
    assert done.status == 2
    assert "Workflow permissions" in done.text
    branches = [name for name in shop.server.state.tips() if name.startswith("autofix/")]
    assert branches
    links = re.findall(r"\[open it yourself\]\((\S+)\)", shop.dashboard())
    where = f"{shop.server.url}/acme/shop/compare"
    assert set(links) == {f"{where}/main...{name}?expand=1" for name in branches}
    shop.server.state.faults.clear()
    assert shop.bot("run", "--apply").status == 0
    assert "open it yourself" not in shop.dashboard()


def test_what_others_opened_starts_no_run(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    for name, item in (("issues", "issue"), ("pull_request", "pull_request")):
        for login, runs in ((PERSON, False), (BOT, True)):
            event = {"action": "edited", item: {"user": {"login": login}}}
            file.write_text(json.dumps(event))
            done = shop.bot("event", file, "--event-name", name)
            assert done.status == 0
            assert ("checking again" in done.err) is runs

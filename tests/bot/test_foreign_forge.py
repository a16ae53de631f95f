"""A forge that others wrote (npm's ``emulate``): whether they read GitHub's shapes as we do.

For shapes alone. It opens a second pull request of one head, and one of a branch that is not there;
its list of issues holds no pull requests, and it edits none as an issue, where GitHub does both.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from codemods.delivery.forge.client import Client, token_auth
from codemods.delivery.forge.github import GitHub
from codemods.delivery.forge.protocol import Comment, ForgeError, Issue, Standing, Trouble
from tests.bot.conftest import Waits

pytestmark = pytest.mark.slow
LOGIN = "autofix-bot"
MARK = "<!-- autofix:1 e30= -->"
SEED = f"""tokens:
  ghp_bot:
    login: {LOGIN}
    scopes: [repo, user]
github:
  users:
    - login: {LOGIN}
      email: bot@example.org
  repos:
    - owner: {LOGIN}
      name: shop
      auto_init: true
"""
PATIENCE = 240
"""Tries to reach it, a quarter of a second apart."""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script, node = os.environ.get("EMULATE"), shutil.which("node")
    if script is None or node is None:
        say = pytest.fail if os.environ.get("CI") and node else pytest.skip
        say("EMULATE names no dist/index.js (npm install emulate@0.11.2), or there is no node")
    assert script is not None and node is not None
    folder = tmp_path_factory.mktemp("emulate")
    (folder / "seed.yaml").write_text(SEED)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [node, script, "--service", "github", "--port", str(port), "--seed", "seed.yaml"]
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait(port, running, folder / "log")
        yield f"http://localhost:{port}"
    finally:
        running.kill()
        running.wait()


def _wait(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(PATIENCE):
        assert running.poll() is None, log.read_text()
        try:
            socket.create_connection(("localhost", port)).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    pytest.fail(log.read_text())


@pytest.fixture
def foreign(api: str, waits: Waits) -> GitHub:
    return GitHub(Client(token_auth("ghp_bot"), api, waits.clock), f"{LOGIN}/shop")


def test_there_is_no_such_repository(api: str, waits: Waits) -> None:
    with pytest.raises(ForgeError) as caught:
        GitHub(Client(token_auth("ghp_bot"), api, waits.clock), f"{LOGIN}/none").repository()
    assert caught.value.trouble is Trouble.MOVED


def test_who_and_where(foreign: GitHub) -> None:
    facts = foreign.repository()
    assert foreign.account() == LOGIN
    assert (facts.name, facts.default_branch) == (f"{LOGIN}/shop", "main")
    assert (facts.archived, facts.has_issues) == (False, True)
    assert [foreign.permission(login) for login in (LOGIN, "nobody")] == ["admin", "none"]


def test_an_issue(foreign: GitHub) -> None:
    number = foreign.create_issue("t", f"{MARK}\nb", ["autofix"], MARK)
    foreign.edit(number, title="other", body=f"{MARK}\nother")
    foreign.add_labels(number, ["a b"])
    foreign.add_assignees(number, [LOGIN])
    url = foreign.issue(number).url
    expected = Issue(
        number, "other", f"{MARK}\nother", LOGIN, True, labels=("autofix", "a b"), url=url
    )
    assert foreign.issue(number) == expected
    assert expected in foreign.mine().issues
    assert foreign.issues(labels=["autofix"]) == (expected,)
    for _ in range(2):
        foreign.comment(number, f"said {MARK}", MARK)
    (comment,) = foreign.comments(number)
    assert comment == Comment(comment.id, f"said {MARK}", LOGIN)


def test_a_pull_request(foreign: GitHub) -> None:
    client, path = foreign.client, f"/repos/{LOGIN}/shop"
    tip = client.get(f"{path}/git/ref/heads/main", "read main")["object"]["sha"]
    ref = {"ref": "refs/heads/autofix/x", "sha": tip}
    client.write("POST", f"{path}/git/refs", "make a branch", ref)
    content = base64.b64encode(b"x = 1\n").decode()
    file = {"message": "m", "content": content, "branch": "autofix/x"}
    client.write("PUT", f"{path}/contents/a.py", "commit", file)
    number = foreign.create("autofix/x", "main", "fix: x", f"b {MARK}", draft=True)
    assert number is not None
    pull = foreign.pull(number)
    assert (pull.title, pull.head, pull.base) == ("fix: x", "autofix/x", "main")
    assert (pull.open, pull.draft, pull.merged, pull.locked) == (True, True, False, False)
    assert len(pull.tip) == 40 and pull.tip != tip
    # It has no GraphQL: reviews are asked for one by one.
    assert foreign.standing([number]) == {number: Standing()}
    foreign.set_draft(number)
    foreign.comment(number, f"said {MARK}", MARK)
    assert len(foreign.comments(number)) == 1
    with pytest.raises(ForgeError) as caught:
        foreign.request_reviewers(number, ["nobody"], [])
    assert caught.value.trouble is Trouble.REFUSED

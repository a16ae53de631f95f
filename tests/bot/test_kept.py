"""What people decided is kept: edits of a review, older versions' branches, shallow clones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from codemods.delivery.bot.life import State
from codemods.delivery.forge.client import token_auth
from codemods.delivery.forge.github import GitHub
from codemods.delivery.trailers import Entry, sign
from tests.bot.conftest import Waits
from tests.bot.remote_shop import RemoteShop, WatchedClient
from tests.bot.server.http import ForgeServer
from tests.bot.server.state import Item, git

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(server: ForgeServer, tmp_path: Path) -> RemoteShop:
    """With open pull requests."""
    made = RemoteShop.make(server, _github(server), tmp_path, defects=2)
    for _ in range(2):
        states(made)
    return made


def _github(server: ForgeServer) -> GitHub:
    return GitHub(WatchedClient(token_auth("ghp_bot"), server.api, Waits().clock), "acme/shop")


def states(shop: RemoteShop) -> dict[str, State]:
    """What a run says of each finding."""
    shop.github = _github(shop.server)
    return {row.name: row.state for row in shop.run().rows}


def opened(shop: RemoteShop, name: str) -> Item:
    """The pull request of a finding."""
    return next(item for item in shop.server.state.pulls() if f"**{name}" in item.body)


def rewritten(shop: RemoteShop, head: str, name: str, *, decided: bool) -> str:
    """The commit of a branch with another content, signed as a review signs what a person edited,
    or as if autofix had made it."""
    state = shop.server.state
    message = state.git("log", "-1", "--format=%B", head)
    plain = re.sub(r"^Autofix-Digest: .*\n?", "", message, flags=re.MULTILINE)
    edited = shop.after(name) + b"    # As the team wants it.\n"
    blob = state.git("hash-object", "-w", "--stdin", stdin=edited)
    entry = Entry(f"shop/{name}.py".encode(), b"100644", blob.encode())
    other = state.commit_files("scratch", {f"shop/{name}.py": edited}, "refs/heads/main^0")
    signed = sign(plain, [entry], decided=decided)
    base = state.git("rev-parse", f"{head}^")
    made = state.git("commit-tree", f"{other}^{{tree}}", "-p", base, stdin=signed)
    state.git("update-ref", "-d", "refs/heads/scratch")
    state.git("update-ref", f"refs/heads/{head}", made)
    return made


def test_what_a_person_edited_in_a_review_is_kept(shop: RemoteShop) -> None:
    head = opened(shop, "B-01").head
    edited = rewritten(shop, head, "B-01", decided=True)
    state = shop.server.state
    assert states(shop)["B-01"] is State.EDITED
    # Another patch, a conflict with the base: a person has decided.
    shop.versions["B-01"] += 1
    assert states(shop)["B-01"] is State.EDITED
    shop.rewrite("B-01")
    assert states(shop)["B-01"] is State.EDITED
    assert state.tips()[head] == edited
    shop.already.add("B-01")
    assert states(shop)["B-01"] is State.EDITED
    assert state.tips()[head] == edited
    assert opened(shop, "B-01").state == "open"


def test_recreate_keeps_the_edits_of_a_review_in_the_trash(shop: RemoteShop) -> None:
    item = opened(shop, "B-01")
    edited = rewritten(shop, item.head, "B-01", decided=True)
    states(shop)
    item.body = item.body.replace("- [ ] <!-- autofix:recreate", "- [x] <!-- autofix:recreate")
    assert states(shop)["B-01"] is State.OPEN
    state = shop.server.state
    assert state.tips()[item.head] != edited
    assert edited in state.git("for-each-ref", "--format=%(objectname)", "refs/autofix/trash")


def test_a_branch_of_a_review_without_a_pull_request_is_no_orphan(shop: RemoteShop) -> None:
    item = opened(shop, "B-01")
    edited = rewritten(shop, item.head, "B-01", decided=True)
    shop.server.state.close(item.number)
    shop.gone.add("B-01")
    states(shop)
    assert shop.server.state.tips()[item.head] == edited


def test_the_same_content_signed_as_ours_is_ours(shop: RemoteShop) -> None:
    """What tells is the review's digest: without it the branch is another patch of ours."""
    head = opened(shop, "B-01").head
    made = rewritten(shop, head, "B-01", decided=False)
    states(shop)
    # The patch that it signs is today's: nothing is pushed. At a conflict it is made anew.
    assert shop.server.state.tips()[head] == made
    shop.rewrite("B-01")
    assert states(shop)["B-01"] is State.OPEN
    assert shop.server.state.tips()[head] != made


def test_a_branch_of_an_older_version_is_adopted(shop: RemoteShop) -> None:
    """Without a key and a patch-id, under a name of its own: found by its finding."""
    state = shop.server.state
    item = opened(shop, "B-01")
    message = state.git("log", "-1", "--format=%B", item.head)
    plain = re.sub(r"^Autofix-(Digest|Key|Patch): .*\n?", "", message, flags=re.MULTILINE)
    blob = state.git("rev-parse", f"{item.head}:shop/B-01.py")
    signed = sign(plain, [Entry(b"shop/B-01.py", b"100644", blob.encode())])
    base = state.git("rev-parse", f"{item.head}^")
    made = state.git("commit-tree", f"{item.head}^{{tree}}", "-p", base, stdin=signed)
    old = "autofix/B-01-export-drops-the-traceback"
    state.git("update-ref", f"refs/heads/{old}", made)
    state.git("update-ref", "-d", f"refs/heads/{item.head}")
    del state.items[item.number]
    assert states(shop)["B-01"] is State.OPEN
    assert opened(shop, "B-01").head == old
    assert state.tips()[old] == made
    assert [one.head for one in state.pulls() if "**B-01" in one.body] == [old]


def test_a_shallow_clone_pushes_nothing_that_changes_nothing(
    shop: RemoteShop, tmp_path: Path
) -> None:
    """As ``actions/checkout`` makes it: one commit, and no credentials for its origin."""
    state = shop.server.state
    for number in range(4):
        state.commit("main", "README.md", b"%d" % number)
    before = state.tips()
    shop.clone = tmp_path / "shallow"
    git("clone", "-q", "--depth=1", f"file://{state.git_dir}", str(shop.clone))
    for name, value in (("user.name", "bot"), ("user.email", "bot@example.org")):
        git("-C", str(shop.clone), "config", name, value)
    git("-C", str(shop.clone), "remote", "set-url", "origin", f"{shop.server.url}/acme/shop.git")
    assert set(states(shop).values()) == {State.OPEN}
    assert state.tips() == before


def test_auto_merge_is_for_what_keeps_behaviour(server: ForgeServer, tmp_path: Path) -> None:
    shop = RemoteShop.make(server, _github(server), tmp_path, defects=2)
    wanted: dict[str, Any] = {"enabled": True, "draft": "never", "automerge": "safe"}

    def run() -> None:
        shop.github = _github(server)
        shop.run(**wanted)

    run()
    shop.careful.add("B-02")
    run()
    first, second = opened(shop, "B-01"), opened(shop, "B-02")
    assert (first.auto_merge, second.auto_merge) == ("SQUASH", "")
    # A newer patch that changes behaviour is not merged unseen; a person's own choice stays.
    second.auto_merge = "MERGE"
    for name in ("B-01", "B-02"):
        shop.careful.add(name)
        shop.versions[name] += 1
    run()
    assert (first.auto_merge, second.auto_merge) == ("", "MERGE")
    run()
    assert (first.auto_merge, second.auto_merge) == ("", "MERGE")


def test_a_repository_without_auto_merge(server: ForgeServer, tmp_path: Path) -> None:
    shop = RemoteShop.make(server, _github(server), tmp_path, defects=1)
    server.state.has_auto_merge = False
    for _ in range(3):
        shop.github = _github(server)
        shop.run(enabled=True, draft="never", automerge="safe")
    assert "not supported" in opened(shop, "B-01").body

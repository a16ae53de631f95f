"""Branches of a real remote: nothing is moved that is not where it was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.delivery.bot import remote
from codemods.delivery.bot.subjects import Subject
from codemods.delivery.bot.workshop import RefusedError
from codemods.delivery.forge.github import GitHub
from codemods.delivery.repository import RepositoryError
from tests.bot.remote_shop import RemoteShop
from tests.bot.server.faults import Fault, When
from tests.bot.server.http import ForgeServer


@pytest.fixture
def shop(server: ForgeServer, github: GitHub, tmp_path: Path) -> RemoteShop:
    return RemoteShop.make(server, github, tmp_path, defects=2)


def first(shop: RemoteShop) -> Subject:
    return next(item for item in shop.subjects() if item.finding.id == "B-01")


def pushed(shop: RemoteShop) -> tuple[str, str]:
    """A branch of ours, and its tip."""
    name = shop.workshop().push(first(shop), None, None, keep=False)
    assert name is not None
    return name, shop.server.state.tips()[name]


def test_what_moved_meanwhile_is_not_overwritten(shop: RemoteShop) -> None:
    name, tip = pushed(shop)
    mine = shop.server.state.commit(name, "by-hand.py", b"x = 1\n")
    shop.versions["B-01"] += 1
    workshop = shop.workshop()
    assert workshop.push(first(shop), name, tip, keep=False) is None
    assert workshop.push(first(shop), name, tip, keep=True) is None
    assert workshop.push(first(shop), None, None, keep=False) is None
    assert workshop.delete(name, tip) is False
    assert shop.server.state.tips()[name] == mine
    assert shop.server.state.git("for-each-ref", "refs/autofix") == ""


@pytest.mark.slow
def test_what_is_gone_is_not_made_again(shop: RemoteShop) -> None:
    name, tip = pushed(shop)
    shop.server.state.git("update-ref", "-d", f"refs/heads/{name}")
    assert shop.workshop().push(first(shop), name, tip, keep=False) is None
    assert name not in shop.server.state.tips()


@pytest.mark.slow
def test_a_rule_of_the_remote_is_told(shop: RemoteShop) -> None:
    name, tip = pushed(shop)
    shop.server.state.protect(f"refs/heads/{name}")
    with pytest.raises(RefusedError, match="GH006"):
        shop.workshop().delete(name, tip)
    shop.versions["B-01"] += 1
    with pytest.raises(RefusedError, match="GH006"):
        shop.workshop().push(first(shop), name, tip, keep=False)


def test_the_token_is_wrong(shop: RemoteShop) -> None:
    workshop = shop.workshop()
    workshop._repository.git.update_environment(GIT_CONFIG_VALUE_3="Authorization: Basic eDp5")
    with pytest.raises(RepositoryError) as caught:
        workshop.branches([])
    assert "eDp5" not in str(caught.value)


@pytest.mark.slow
def test_what_people_did_is_kept(shop: RemoteShop) -> None:
    name, _ = pushed(shop)
    state = shop.server.state
    for number in (1, 2):
        mine = state.commit(name, "by-hand.py", b"x = %d\n" % number)
        workshop = shop.workshop()
        assert workshop.branches([])[name].tip == mine
        assert workshop.push(first(shop), name, mine, keep=True) == name
        key = first(shop).key
        assert state.git("rev-parse", f"refs/autofix/trash/{key}/{number}") == mine


@pytest.mark.slow
def test_whose_a_branch_is(shop: RemoteShop) -> None:
    name, _ = pushed(shop)
    state = shop.server.state
    seen = shop.workshop().branches([])[name]
    assert (seen.foreign, seen.key, seen.selectors) == (None, first(shop).key, ("AUDIT:B-01",))
    assert seen.patch == shop.workshop().patch_id(first(shop))
    # A branch below our prefix that somebody else made.
    state.git("update-ref", "refs/heads/autofix/mine", "refs/heads/main")
    assert shop.workshop().branches([])["autofix/mine"].foreign is not None
    # Amended: the trailers are there, and the digest is not theirs.
    message = state.git("log", "-1", "--format=%B", name) + "\n"
    other = state.commit("main", "other.py", b"y = 1\n")
    made = state.git("commit-tree", f"{other}^{{tree}}", "-p", "main~1", stdin=message.encode())
    state.git("update-ref", f"refs/heads/{name}", made)
    assert shop.workshop().branches([])[name].foreign is not None


@pytest.mark.slow
def test_likeness(shop: RemoteShop) -> None:
    name, _ = pushed(shop)
    state = shop.server.state

    def like() -> tuple[bool, bool, bool]:
        workshop = shop.workshop()
        (found,) = workshop.compare([(first(shop), workshop.branches([])[name])])
        return found.differs, found.conflicts, found.behind

    assert like() == (False, False, False)
    state.commit("main", "other.py", b"y = 1\n")
    assert like() == (False, False, True)
    shop.versions["B-01"] += 1
    assert like() == (True, False, True)
    shop.gone.add("B-01")
    state.commit("main", "shop/B-01.py", b"def other():\n    pass\n")
    assert like() == (False, True, True)


@pytest.mark.slow
def test_the_users_repository_stays_as_it_is(shop: RemoteShop) -> None:
    repository = shop.workshop()._repository
    before = repository.ask("for-each-ref").text, repository.ask("status", "--porcelain").text
    pushed(shop)
    shop.workshop().branches([])
    assert (
        repository.ask("for-each-ref").text,
        repository.ask("status", "--porcelain").text,
    ) == before
    assert "ghp_bot" not in (shop.clone / ".git/config").read_text()


@pytest.mark.slow
def test_a_push_whose_answer_is_cut_off_has_worked(shop: RemoteShop) -> None:
    """git's transport sends it again, and is told that the branch is there already."""
    workshop = shop.workshop()
    fault = Fault("GIT", "git-receive-pack", when=When.CUT_AFTER)
    shop.server.state.faults.append(fault)
    name = workshop.push(first(shop), None, None, keep=False)
    assert (name in shop.server.state.tips(), fault.times) == (True, 0)


@pytest.mark.slow
def test_an_answer_that_git_would_wait_for_is_an_error(
    shop: RemoteShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy's answer of two bytes: git waits for the rest of it."""
    monkeypatch.setattr(remote, "LONGEST_PUSH", 5.0)
    workshop = shop.workshop()
    fault = Fault("GIT", "git-receive-pack", 200, text="{}", when=When.AFTER)
    shop.server.state.faults.append(fault)
    # It had its effect.
    name = workshop.push(first(shop), None, None, keep=False)
    assert name in shop.server.state.tips()
    fault.when, fault.times = When.BEFORE, 1
    with pytest.raises(RefusedError, match="cannot be pushed to"):
        workshop.push(first(shop), f"{name}-2", None, keep=False)
    assert f"{name}-2" not in shop.server.state.tips()

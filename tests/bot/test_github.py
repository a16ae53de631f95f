"""GitHub against the test server: nothing is written twice, and no answer is taken for another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import pytest

from codemods.delivery.forge.client import Client, app_token, token_auth
from codemods.delivery.forge.github import GitHub
from codemods.delivery.forge.protocol import ForgeError, Standing, Trouble
from tests.bot.conftest import Waits
from tests.bot.server.description import ENTERPRISE
from tests.bot.server.faults import KINDS, Fault, When
from tests.bot.server.http import ForgeServer, serving
from tests.bot.server.state import BOT, PERSON, Item

MARK = "<!-- autofix:said x -->"


def branch(server: ForgeServer, name: str = "autofix/x") -> str:
    state = server.state
    state.git("update-ref", f"refs/heads/{name}", "refs/heads/main")
    return state.commit(name, "a.py", name.encode())


def opened(server: ForgeServer, github: GitHub, name: str = "autofix/x") -> int:
    branch(server, name)
    number = github.create(name, "main", "fix: x", "body", draft=False)
    assert number is not None
    return number


Write = tuple[str, str, Callable[[GitHub, int], object], Callable[[ForgeServer], int]]
WRITES: dict[str, Write] = {
    "create": (
        "POST",
        "/pulls",
        lambda github, _: github.create("autofix/new", "main", "fix: n", "b", draft=True),
        lambda server: sum(item.head == "autofix/new" for item in server.state.items.values()),
    ),
    "comment": (
        "POST",
        "/comments",
        lambda github, number: github.comment(number, f"closed\n{MARK}", MARK),
        lambda server: len(server.state.comments),
    ),
    "issue": (
        "POST",
        "/issues",
        lambda github, _: github.create_issue("t", f"b {MARK}", ["autofix"], MARK),
        lambda server: sum(MARK in item.body for item in server.state.items.values()),
    ),
    "body": (
        "PATCH",
        "/issues/1",
        lambda github, number: github.edit(number, body="new"),
        lambda server: int(server.state.items[1].body == "new"),
    ),
    "labels": (
        "POST",
        "/labels",
        lambda github, number: github.add_labels(number, ["autofix"]),
        lambda server: len(server.state.items[1].labels),
    ),
}  # fmt: skip


def some(quick: Collection[object], every: Iterable[object]) -> list[Any]:
    """Parameters of which only some are tried by the quick tests: they all go one way."""
    return [item if item in quick else pytest.param(item, marks=pytest.mark.slow) for item in every]


@pytest.mark.parametrize("when", some([When.AFTER, When.CUT_AFTER], When))
@pytest.mark.parametrize("write", some(["create", "comment"], WRITES))
def test_a_write_that_is_cut_off_is_not_done_twice(
    write: str, when: When, server: ForgeServer, github: GitHub
) -> None:
    number = opened(server, github)
    branch(server, "autofix/new")
    method, path, act, count = WRITES[write]
    server.state.faults.append(Fault(method, path, when=when))
    try:
        act(github, number)
    except ForgeError as error:
        assert error.trouble is Trouble.UNKNOWN
    assert count(server) == (1 if when.has_effect else 0)
    # The next run does what is missing, and nothing else; issues are looked for by whoever asks.
    if write != "issue" or not when.has_effect:
        act(github, number)
    assert count(server) == 1


EXPECTED = {
    "401": Trouble.CREDENTIALS,
    "403 not accessible": Trouble.FORBIDDEN,
    "403 actions": Trouble.FORBIDDEN,
    "403 primary limit": Trouble.LIMITED,
    "403 archived": Trouble.ARCHIVED,
    "404": Trouble.GONE,
    "307": Trouble.MOVED,
    "410": Trouble.DISABLED,
    "422 rule": Trouble.REFUSED,
    "422 too long": Trouble.REFUSED,
    "500": Trouble.UNKNOWN,
    "502": Trouble.UNKNOWN,
    "200 page": Trouble.UNKNOWN,
    "200 of another": Trouble.UNKNOWN,
}


@pytest.mark.parametrize("write", some(["create"], ["create", "comment", "issue", "body"]))
def test_an_answer_is_what_it_is(write: str, server: ForgeServer, github: GitHub) -> None:
    number = opened(server, github)
    branch(server, "autofix/new")
    method, path, act, count = WRITES[write]
    for kind, expected in EXPECTED.items():
        status, message, headers, text = KINDS[kind]
        fault = Fault(method, path, status, message, headers=headers, text=text)
        server.state.faults.append(fault)
        with pytest.raises(ForgeError) as caught:
            act(github, number)
        assert caught.value.trouble is expected, kind
        assert "\n" not in str(caught.value)
        assert "ghp_" not in repr(caught.value)
        assert count(server) == 0, kind


@pytest.mark.parametrize("when", some([When.AFTER], [When.BEFORE, When.AFTER]))
@pytest.mark.parametrize("write", some(["body"], ["create", "comment", "issue", "body"]))
def test_a_short_limit_is_waited_for(
    write: str, when: When, server: ForgeServer, github: GitHub, waits: Waits
) -> None:
    number = opened(server, github)
    branch(server, "autofix/new")
    method, path, act, count = WRITES[write]
    kind = "429" if write in ("body", "issue") else "403 secondary limit"
    status, message, headers, text = KINDS[kind]
    fault = Fault(method, path, status, message, when, headers=headers, text=text)
    server.state.faults.append(fault)
    act(github, number)
    assert count(server) == 1
    assert float(headers["retry-after"]) in waits.slept


def test_a_limit_that_goes_on_ends_the_run(server: ForgeServer, github: GitHub) -> None:
    number = opened(server, github)
    status, message, headers, text = KINDS["403 secondary limit"]
    fault = Fault("PATCH", "/issues/1", status, message, times=9, headers=headers, text=text)
    server.state.faults.append(fault)
    with pytest.raises(ForgeError) as caught:
        github.edit(number, body="new")
    assert caught.value.trouble is Trouble.LIMITED
    assert caught.value.until is not None


def test_writes_are_a_second_apart(server: ForgeServer, github: GitHub, waits: Waits) -> None:
    number = opened(server, github)
    start = waits.now
    for text in "abc":
        github.edit(number, body=text)
    assert waits.now - start >= 3


def test_reads_are_tried_again(server: ForgeServer, github: GitHub) -> None:
    server.state.faults.append(Fault("GET", "/repos/acme/shop", times=2))
    assert github.repository().default_branch == "main"


@pytest.mark.parametrize("kind", ["200 page", "500"])
def test_a_part_of_a_list_is_nothing_to_decide_from(
    kind: str, server: ForgeServer, github: GitHub
) -> None:
    status, message, headers, text = KINDS[kind]
    fault = Fault("GET", "/issues", status, message, times=9, headers=headers, text=text)
    server.state.faults.append(fault)
    with pytest.raises(ForgeError):
        github.mine()


def test_all_pages_of_ours_and_of_nobody_else(server: ForgeServer, github: GitHub) -> None:
    state = server.state
    branch(server)
    tip = state.tips()["autofix/x"]
    for number in range(230):
        state.new_item(Item(0, f"i{number}", "", BOT))
    state.new_item(Item(0, "theirs", "", PERSON))
    state.new_item(Item(0, "fix", "", BOT, head="autofix/x", base="main", tip=tip))
    state.new_item(Item(0, "fork", "", BOT, head="x", base="main", fork=True))
    state.new_item(Item(0, "merged", "", BOT, head="autofix/y", state="closed", merged=True))
    # The address of the next page is nothing that a token is sent to.
    server.next_host = "http://elsewhere.invalid"
    mine = github.mine()
    assert len(mine.issues) == 230
    assert [(item.title, item.head, item.open, item.merged) for item in mine.pulls] == [
        ("fix", "autofix/x", True, False),
        ("merged", "", False, True),
    ]


def test_a_pull_request_that_is_there_is_found(server: ForgeServer, github: GitHub) -> None:
    number = opened(server, github)
    assert github.create("autofix/x", "main", "other", "other", draft=False) == number


def test_nothing_to_change_is_told(server: ForgeServer, github: GitHub) -> None:
    server.state.git("update-ref", "refs/heads/autofix/e", "refs/heads/main")
    with pytest.raises(ForgeError, match="No commits between"):
        github.create("autofix/e", "main", "t", "b", draft=False)


@pytest.mark.parametrize("graphql", [True, False])
def test_approvals(graphql: bool, server: ForgeServer, github: GitHub) -> None:
    number = opened(server, github)
    server.state.graphql = graphql
    assert github.standing([number]) == {number: Standing()}
    server.state.items[number].approvals = [PERSON]
    server.state.items[number].queued = graphql
    assert github.standing([number]) == {number: Standing(approved=True, queued=graphql)}


def test_drafts(server: ForgeServer, github: GitHub) -> None:
    number = opened(server, github)
    # A mutation that is refused is answered with status 200.
    server.state.has_drafts = False
    with pytest.raises(ForgeError, match="not supported"):
        github.set_draft(number)
    server.state.has_drafts = True
    github.set_draft(number)
    assert github.pull(number).draft


def test_people(server: ForgeServer, github: GitHub) -> None:
    number = opened(server, github)
    github.request_reviewers(number, [PERSON], [])
    github.add_assignees(number, [PERSON])
    github.add_labels(number, ["autofix"])
    item = server.state.items[number]
    assert (item.reviewers, item.assignees, item.labels) == ([PERSON], [PERSON], ["autofix"])
    with pytest.raises(ForgeError, match="collaborators"):
        github.request_reviewers(number, ["nobody"], [])
    asked = [github.permission(who) for who in (PERSON, "eve", "nobody")]
    assert asked == ["write", "read", "none"]


def test_a_workflow_does_not_know_who_it_is(server: ForgeServer, waits: Waits) -> None:
    github = GitHub(Client(token_auth("ghs_workflow"), server.api, waits.clock), "acme/shop")
    assert github.account() == "github-actions[bot]"


def test_the_token_is_wrong(server: ForgeServer, waits: Waits) -> None:
    github = GitHub(Client(token_auth("ghp_wrong"), server.api, waits.clock), "acme/shop")
    with pytest.raises(ForgeError, match="GH_TOKEN") as caught:
        github.repository()
    assert "ghp_wrong" not in str(caught.value)


def test_a_renamed_repository(server: ForgeServer, github: GitHub) -> None:
    server.moved_to = "acme/store"
    with pytest.raises(ForgeError, match="--repository") as caught:
        github.repository()
    assert caught.value.trouble is Trouble.MOVED


def test_there_is_no_such_repository(server: ForgeServer, waits: Waits) -> None:
    github = GitHub(Client(token_auth("ghp_bot"), server.api, waits.clock), "acme/none")
    with pytest.raises(ForgeError, match="check --repository") as caught:
        github.repository()
    assert caught.value.trouble is Trouble.MOVED


def test_no_server(waits: Waits) -> None:
    github = GitHub(Client(token_auth("ghp_bot"), "http://127.0.0.1:9", waits.clock), "acme/shop")
    with pytest.raises(ForgeError, match="no answer from 127"):
        github.repository()


@pytest.fixture(scope="module")
def key() -> str:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    made = generate_private_key(65537, 2048)
    text = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return text.decode()


def test_an_app(key: str, server: ForgeServer, waits: Waits, tmp_path: Path) -> None:
    file = tmp_path / "app.pem"
    file.write_text(key)
    made = app_token("5", file, "acme/shop", server.api, waits.clock)
    assert made == ("ghs_installation", BOT)


@pytest.mark.parametrize("text", ["no key", "", None])
def test_a_key_that_is_none(
    text: str | None, server: ForgeServer, waits: Waits, tmp_path: Path
) -> None:
    file = tmp_path / "app.pem"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ForgeError) as caught:
        app_token("5", file, "acme/shop", server.api, waits.clock)
    assert caught.value.trouble is Trouble.CREDENTIALS


@pytest.mark.slow
def test_enterprise_server(tmp_path: Path, waits: Waits) -> None:
    with serving(tmp_path / "forge", ENTERPRISE) as server:
        state = server.state
        github = GitHub(Client(token_auth("ghp_bot"), server.api, waits.clock), "acme/shop")
        number = opened(server, github)
        github.edit(number, title="fix: y", body="new")
        github.comment(number, MARK, MARK)
        github.add_labels(number, ["autofix"])
        assert github.mine().pulls[0].title == "fix: y"
        assert github.pull(number).tip == state.tips()["autofix/x"]


@pytest.mark.parametrize("way", ["issues are disabled", "nothing is found by the author"])
def test_what_cannot_be_listed_by_author_is_found_all_the_same(
    way: str, server: ForgeServer, github: GitHub
) -> None:
    state = server.state
    number = opened(server, github)
    state.items[number].labels = ["autofix"]
    state.new_item(Item(0, "merged", "", BOT, head="autofix/y", state="closed", merged=True))
    state.new_item(Item(0, "fork", "", BOT, head="x", base="main", fork=True))
    state.new_item(Item(0, "theirs", "", PERSON, head="autofix/x", base="main"))
    state.has_issues = way != "issues are disabled"
    if state.has_issues:
        state.finds_by_author = False
        state.new_item(Item(0, "dashboard", "", BOT))
    mine = github.mine()
    assert [(item.title, item.head, item.open, item.merged) for item in mine.pulls] == [
        ("fix: x", "autofix/x", True, False),
        ("merged", "", False, True),
    ]
    assert [item.title for item in mine.issues] == ["dashboard"] * state.has_issues

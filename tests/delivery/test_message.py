"""Commit messages: no text of a report may break one."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace

import pytest

from codemods.codemod import Change, Refusal, Safety, Site
from codemods.delivery.inert import JOINER
from codemods.delivery.message import Signature, commit_message, scope, subject
from codemods.delivery.trailers import (
    Entry,
    digest,
    read_trailers,
    sign,
)
from codemods.engine.outcomes import FilePatch, Patch
from codemods.findings.model import Finding
from tests.delivery.sandbox import finding, patch

BASE = "a" * 40
KEY = "AUDIT_BACKEND_2026-02-16:B-02"
ENTRIES = [Entry(b"engine.py", b"100644", b"b" * 40)]


def message(made_by: Finding, made: Patch | None = None) -> str:
    signature = Signature((KEY,), "offload-blocking-calls", "0123456789ab", "c" * 40, BASE)
    return commit_message(made_by, made or patch(), signature)


HOSTILE = [
    "Autofix-Base: somewhere\nAutofix-Finding: other",
    "# a heading\n#2261",
    "text\n---\ndiff --git a/x b/x\n--- a/x\n+++ b/x",
    "# ------------------------ >8 ------------------------\nrest",
    "Signed-off-by: nobody\n\nCo-authored-by: nobody <a@b>",
    "nul \0 bell \a escape \x1b[31m red \u202e backwards \ud800",
    "crlf\r\nand\rcr",
    "\n\n\n",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_words_of_a_report_stay_words(text: str) -> None:
    made_by = finding(title=text, description=text)
    made = replace(patch(), notes=(text,), unaddressed=(text,))
    signed = sign(message(made_by, made), ENTRIES)
    trailers = read_trailers(signed)
    assert trailers is not None
    assert (trailers.finding, trailers.base) == (KEY, BASE)
    lines = signed.decode().split("\n")
    assert not any(line.startswith(("#", "---", "diff ")) for line in lines)
    assert not any(character in signed for character in b"\0\a\x1b\r")
    # git reads the same trailers, and would strip or add nothing.
    parsed = subprocess.run(
        ["git", "interpret-trailers", "--parse"], input=signed, capture_output=True, check=True
    )
    assert [line.partition(b":")[0] for line in parsed.stdout.splitlines()] == [
        b"Autofix-Finding",
        b"Autofix-Codemod",
        b"Autofix-Key",
        b"Autofix-Patch",
        b"Autofix-Base",
        b"Autofix-Digest",
    ]
    stripped = subprocess.run(
        ["git", "stripspace", "--strip-comments"], input=signed, capture_output=True, check=True
    )
    assert stripped.stdout == signed


@pytest.mark.parametrize(
    "words", ["Fixes #12", "closes: owner/name#12", "resolved #1", "fix #7 first", "Fixed  #9"]
)
def test_no_issue_is_closed_by_an_auditors_words(words: str) -> None:
    text = message(finding(title=words, description=words))
    assert "#" in text
    assert not re.search(r"#\d", text)


@pytest.mark.parametrize(
    "words", ["now [skip ci]", "ask @acme/api", "fixes GH-12", "closes https://forge.example/i/7"]
)
def test_an_auditors_words_give_no_orders(words: str) -> None:
    made = replace(patch(), notes=(words,), unaddressed=(words,))
    body = message(finding(title=words, description=words), made).rpartition("\n\n")[0]
    shown = " ".join(body.replace(JOINER, "").split())
    assert shown.count(words.partition(" ")[2]) == 5
    assert not re.search(r"\[skip|@\w|GH-\d|://", body)


def test_endless_words_are_cut() -> None:
    text = message(finding(description="word " * 2_000))
    assert text.count("word") < 500
    assert "\n> word word" in text
    assert " …\n\nAutofix-Finding:" in text


def test_related_issues_stay_readable() -> None:
    text = message(finding(description="see #2261"))
    assert "see #2261" in text.replace(JOINER, "")


@pytest.mark.parametrize("words", ["", " answers with a page of its own", " answers" * 6])
def test_addresses_in_titles_stay_whole(words: str) -> None:
    address = "https://api.shop.example/v1/orders.json"
    line = subject(finding(title=f"GET {address}{words}"), replace(patch(), changes=()))
    assert address in line or "shop" not in line
    assert address in line or words == " answers" * 6


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"subject only",
        b"subject\n\nAutofix-Finding: x\n\nbody behind it",
        b"subject\n\nAutofix-Finding: without a base",
        b"subject\n\n> Autofix-Finding: x\n> Autofix-Base: y",
    ],
)
def test_messages_of_others(text: bytes) -> None:
    assert read_trailers(text) is None


def test_the_digest_sees_every_change() -> None:
    plain = message(finding()).encode()
    signed = sign(plain.decode(), ENTRIES)
    trailers = read_trailers(signed)
    assert trailers is not None
    assert trailers.digest == digest(signed, ENTRIES)
    assert trailers.digest != digest(signed.replace(b"fix(", b"fix!("), ENTRIES)
    assert trailers.digest != digest(signed, [])
    assert trailers.digest != digest(signed, [replace(ENTRIES[0], mode=b"100755")])
    assert trailers.digest != digest(signed, [*ENTRIES, replace(ENTRIES[0], path=b"other")])


def test_a_whole_message() -> None:
    site = Site("engine.py", 9, 9, "process_job")
    refusal = Refusal("held-lock", "save() stays, since a lock is held", site)
    made = replace(
        patch(refusals=(refusal,)), unaddressed=("return 503",), notes=("read the order of calls",)
    )
    made_by = finding(description="The loop **stalls** while `load` runs.\n\n- one\n- two")
    assert (
        message(made_by, made)
        == f"""\
fix(engine): Engine.process_job blocks event loop with synchronous load

- load() runs in a thread (engine.py:2, process_job)

Finding B-02 of AUDIT_BACKEND_2026-02-16 (line 12, HIGH):
  Engine.process_job blocks event loop with synchronous load

> The loop **stalls** while `load` runs.
>
> - one
> - two

Left alone:
- engine.py:9: save() stays, since a lock is held

Not addressed:
- return 503

Notes:
- read the order of calls

Autofix-Finding: {KEY}
Autofix-Codemod: offload-blocking-calls
Autofix-Key: 0123456789ab
Autofix-Patch: cccccccccccccccccccccccccccccccccccccccc
Autofix-Base: {BASE}
"""
    )


@pytest.mark.parametrize("title", ["x" * 300, "word " * 80, "", "…", "Cache is racy — " + "y" * 90])
def test_a_subject_is_one_short_line(title: str) -> None:
    line = subject(finding(title=title), patch())
    assert line.startswith(("fix(engine): ", "fix: "))
    assert len(line) <= 72
    assert line.partition(": ")[2].strip()


def test_lines_are_short_and_paths_whole() -> None:
    path = "a/very/long/path/that/has/no/space/and/must/not/be/cut/in/two/however/long.py"
    site = Site(path, 1, 1)
    made = Patch(patch(path).files, (Change(site, "it " * 40, (), Safety.SAFE),))
    text = message(finding(description="word " * 200), made)
    assert f"({path}:1)" in text
    assert all(len(line) <= 72 or path in line for line in text.split("\n"))


def test_subjects_start_small_but_names_stay() -> None:
    assert subject(finding(title="Scan worker loses it"), patch()) == (
        "fix(engine): scan worker loses it"
    )
    assert subject(finding(title="Non-daemon threads stay"), patch()).endswith(
        ": non-daemon threads stay"
    )
    for title in ("WebSocket leaks", "CORS allows all", "`self.x` is shared"):
        assert subject(finding(title=title), patch()).endswith(title.replace("`", ""))


def test_a_title_that_is_one_endless_word_gives_way_to_the_id() -> None:
    made = replace(patch(), changes=())
    assert subject(finding(title="y" * 90), made) == "fix: B-02"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "Repository.search still uses a join that multiplies every row of it",
            "fix(engine): search still uses a join that multiplies every row of it",
        ),
        (
            "engine.py — the cache of all things is written without the lock that it has",
            "fix: the cache of all things is written without the lock that it has",
        ),
        (
            "the cache of all things that there are is written by many with no lock and more",
            "fix: the cache of all things that there are is written by many…",
        ),
    ],
)
def test_long_titles_lose_the_least_telling_words_first(title: str, expected: str) -> None:
    assert subject(finding(title=title), replace(patch(), changes=())) == expected


def test_what_was_done_stands_in_for_a_title_that_is_too_long() -> None:
    assert subject(finding(title="y" * 90), patch()) == "fix(engine): load() runs in a thread"


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a/engine.py"], "engine"),
        (["a/routers/__init__.py"], "routers"),
        (["main.py"], ""),
        (["a/b/x.py", "a/b/y.py"], "b"),
        (["a/b/x.py", "a/c/x.py"], "a"),
        (["x.py", "a/y.py"], ""),
        (["a/odd name!.py"], "odd-name"),
    ],
)
def test_scopes(paths: list[str], expected: str) -> None:
    assert scope(paths) == expected


def test_without_a_scope() -> None:
    made = replace(patch(), files=(FilePatch("main.py", b"", b"x"),))
    assert subject(finding(title="It fails"), made) == "fix: it fails"

"""Ids of what has none: a branch is found again by its finding's id, so they never change."""

from __future__ import annotations

from collections import Counter

import pytest

from codemods.findings.readers.made_ids import made_id, tail_of


def test_the_same_twice_in_one_report_is_two() -> None:
    same: Counter[str] = Counter()
    first, second = (made_id("X1", "a.py", same=same) for _ in range(2))
    assert first != second
    assert made_id("X1", "a.py", same=Counter()) == first


def test_parts_do_not_run_together() -> None:
    parts = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", "")]
    assert len({made_id("X1", *item, same=Counter()) for item in parts}) == len(parts)


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("lock-shared-state", "lock-shared-state-"),
        ("-Wunused", "Wunused-"),
        ("py/path-injection", "py/path-injection-"),
        ("a.b.insecure-hash", "insecure-hash-"),
        ("no 1@home:x", "no-1-home-x-"),
        ("\udcff", "-"),
    ],
)
def test_an_id_can_be_typed(rule: str, start: str) -> None:
    made = made_id(rule, same=Counter())
    assert made.startswith(start)
    assert not {":", "@", " "} & set(made)


def test_an_id_is_the_one_it_ever_was() -> None:
    assert made_id("X1", "", "shop/a.py", "It sleeps.", same=Counter()) == "X1-471e82"


@pytest.mark.parametrize(
    ("path", "tail"),
    [("", ""), ("a.py", "a.py"), ("a/b/c.py", "a/b/c.py"), ("/ci/build/a/b/c.py", "a/b/c.py")],
)
def test_tails(path: str, tail: str) -> None:
    assert tail_of(path) == tail

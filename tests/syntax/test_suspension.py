"""A new await between a check and a use of shared state."""

from __future__ import annotations

import textwrap

import pytest

from codemods.syntax.suspension import new_suspension_hazard
from tests.syntax.marks import marked


def method(body: str) -> str:
    text = textwrap.indent(textwrap.dedent(body).strip("\n"), "        ")
    return f"CACHE = {{}}\nTOTAL = 0\nclass A:\n    async def f(self, key):\n{text}\n"


NO_HAZARD = {
    "no state": "x = HERE",
    "only a write": "self.cache[key] = HERE",
    "only a check": "if key in self.cache:\n    HERE",
    "other state": "if key in self.cache:\n    self.other[key] = HERE",
    "use before the node": "if key not in self.cache:\n    self.cache[key] = 1\n    HERE",
    "check behind the node": "HERE\nif key not in self.cache:\n    self.cache[key] = 1",
    "check that decides nothing": "if self.cache:\n    log()\nHERE\nself.cache[key] = 1",
    "other branch uses": "if self.cache:\n    HERE\nelse:\n    self.cache[key] = 1",
    "lock held": (
        "async with self.lock:\n    if key not in self.cache:\n        self.cache[key] = HERE"
    ),
    "checked again": (
        "if key not in self.cache:\n    value = HERE\n"
        "    if key not in self.cache:\n        self.cache[key] = value"
    ),
    "local variable": "cache = {}\nif key not in cache:\n    cache[key] = HERE",
    "parameter": "if not key:\n    key[1] = HERE",
    "method called": "if self.is_ready():\n    self.is_ready = HERE",
    "use in a nested function": (
        "if key not in self.cache:\n    HERE\n    def g(): self.cache[key] = 1"
    ),
    "read in other order": "self.total = HERE + self.total",
    "node in the test": "if HERE and self.cache:\n    self.cache[key] = 1",
    "branch returns": "if self.cache:\n    HERE\n    return\nself.cache[key] = 1",
    "branch raises": "if self.cache:\n    with a:\n        HERE\n    raise E\nself.cache[key] = 1",
    "reads only": "if self.cache:\n    HERE\n    return self.cache",
}


@pytest.mark.parametrize("body", NO_HAZARD.values(), ids=NO_HAZARD.keys())
def test_no_hazard(body: str) -> None:
    tree, node = marked(method(body))
    assert new_suspension_hazard(tree, node) is None


def test_no_hazard_in_a_plain_function() -> None:
    tree, node = marked("class A:\n    def f(self):\n        if self.a: self.a = HERE")
    assert new_suspension_hazard(tree, node) is None


FIRST = 5
"""The line of the first line of a body."""

HAZARD = {
    "value of the use": ("if key not in self.cache:\n    self.cache[key] = HERE", (0, 1)),
    "use below": ("if key not in self.cache:\n    x = HERE\n    self.cache[key] = x", (0, 2)),
    "use behind the if": (
        "if self.model is None:\n    x = HERE\n    y = 1\nself.model = x",
        (0, 3),
    ),
    "early return": ("if key in self.cache:\n    return 1\nx = HERE\nself.cache[key] = x", (0, 3)),
    "early raise": ("if self.busy:\n    raise E\nHERE\nself.busy = True", (0, 3)),
    "early continue": (
        "for a in b:\n    if a in self.seen:\n        continue\n    HERE\n    self.seen.add(a)",
        (1, 4),
    ),
    "through a local": (
        "x = self.cache.get(key)\nif x is not None:\n    return x\nx = HERE\nself.cache[key] = x",
        (0, 4),
    ),
    "through a walrus": (
        "if (x := self.cache.get(key)):\n    return x\nself.cache[key] = HERE",
        (0, 2),
    ),
    "module's variable": ("if key not in CACHE:\n    CACHE[key] = HERE", (0, 1)),
    "module's global": (
        "global TOTAL\nif TOTAL < 3:\n    HERE\n    TOTAL += 1",
        (1, 3),
    ),
    "deletion": ("if key in self.cache:\n    HERE\n    del self.cache[key]", (0, 2)),
    "pop": ("if key in self.cache:\n    HERE\n    self.cache.pop(key)", (0, 2)),
    "deeper state": ("if key in self.a.b:\n    HERE\n    self.a.b[key]['x'] = 1", (0, 2)),
    "while": ("while self.queue:\n    HERE\n    self.queue.popleft()", (0, 2)),
    "branch returns through a finally": (
        "try:\n    if self.busy:\n        HERE\n        return\nfinally:\n    self.busy = False",
        (1, 5),
    ),
    "augmented": ("self.total += HERE", (0, 0)),
    "augmented item": ("self.total[key] += HERE", (0, 0)),
    "read and written": ("self.total = self.total + HERE", (0, 0)),
    "under a lock of threads by mistake": (
        "with other:\n    if key not in self.cache:\n        self.cache[key] = HERE",
        (1, 2),
    ),
}


@pytest.mark.parametrize(("body", "lines"), HAZARD.values(), ids=HAZARD.keys())
def test_hazard(body: str, lines: tuple[int, int]) -> None:
    tree, node = marked(method(body))
    assert new_suspension_hazard(tree, node) == (FIRST + lines[0], FIRST + lines[1])

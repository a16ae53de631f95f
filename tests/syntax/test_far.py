"""What is found by steps up a tree is the same where the steps above are remembered."""

from __future__ import annotations

import ast

import pytest

from codemods.analysis.names import bindings
from codemods.syntax import scopes, tree
from codemods.syntax.tree import Tree

MODULES = (bindings, scopes, tree)
CODE = """
import threading
lock = threading.Lock()

@decorated(lambda x: [y for y in x])
class Outer(base[lambda: 1]):
    size = [one for one in range(3) if one]
    other = {a: (lambda b=a: [c for c in b]) for a in size}

    async def run(self, first=lambda: [z for z in ()], *, second: int = 1):
        class Inner:
            kept = [self for _ in range(2)]
            def deep(self): return (lambda: [kept for kept in self])()
        with lock, open(first) as file:
            try:
                one = 1 + 2 + (3 if first else [p for q in r for p in q(lambda: q)]) + 4
            except (ValueError, OSError) as error:
                if one: raise
                elif second: call(error).then(lambda e: e).last()
                else: del one
            else: one()
            finally:
                lock.release()
                await file.close(lambda: error)
"""


def _answers(parsed: ast.Module) -> list[object]:
    built = Tree(parsed)
    answers: list[object] = []
    for node in ast.walk(parsed):
        if not hasattr(node, "lineno") and not isinstance(node, ast.comprehension):
            continue
        answers += [
            built.function(node),
            built.definition(node),
            built.qualified_name(node),
            bindings.scopes_of(built, node),
            tuple(scopes.scope_chain(built, node)),
            tuple(scopes.steps_in_frame(built, node)),
        ]
    return answers


@pytest.mark.parametrize("far", [1, 2, 3, 5])
def test_answers_do_not_hang_on_how_far_is_far(far: int, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = ast.parse(CODE)
    answers: list[list[object]] = []
    for steps in (10_000, far):
        for module in MODULES:
            monkeypatch.setattr(module, "FAR", steps)
        answers.append(_answers(parsed))
    assert answers[0] == answers[1]
    assert len(answers[0]) > 500

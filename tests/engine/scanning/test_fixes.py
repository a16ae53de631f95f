"""The fix of one site alone: through every gate, and at the cost of one more look at its file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from codemods.codemod import (
    Change,
    Codemod,
    Edited,
    Node,
    Operation,
    Payload,
    Plan,
    Refusal,
    Safety,
    Scope,
)
from codemods.engine.outcomes import Patch
from codemods.engine.patching.gates import GATES
from codemods.engine.scanning.fixes import NoFix, fixes_of
from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.run import run_scan
from codemods.engine.scanning.sites import Scanned
from tests.output.test_sarif import rename

TEXT = "def f(old):\n    print(old)\n    return old\n"


def scanned(top: Path, codemod: Codemod, text: str = TEXT, fix: Safety | None = None) -> Scanned:
    (top / "a.py").write_text(text)
    return run_scan(ScanRequest(top, codemods={"rename": codemod}, fix=fix))


def test_why_there_is_none(tmp_path: Path) -> None:
    seen = [rename("old, 1"), rename("missing"), rename("(await f)"), rename(safety=Safety.DISPLAY)]
    found = [fixes_of(scanned(tmp_path, codemod))[-1] for codemod in seen]
    assert found == [
        NoFix("second-run-silent: a.py:3 would be changed again"),
        NoFix("names-defined: a.py: nothing defines missing"),
        NoFix("compiles: a.py: 'await' outside async function (a.py, line 3)"),
        NoFix("it is display-only"),
    ]


@dataclass(frozen=True)
class Refusing:
    def edit(self, _node: Node) -> Edited:
        return Refusal("no", "not now")


@dataclass(frozen=True)
class Raising:
    def edit(self, _node: Node) -> Edited:
        raise RuntimeError("no\nway")


def with_payload(payload: Payload) -> Codemod:
    """What the edits of ``b.py`` are replaced by."""
    codemod = rename("id")

    def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
        for item in codemod.find(scope, plan):
            if isinstance(item, Change) and item.site.path == "b.py":
                edits = [
                    dataclasses.replace(edit, payload=payload)
                    for edit in item.edits
                    if isinstance(edit, Operation)
                ]
                item = dataclasses.replace(item, edits=tuple(edits))
            yield item

    return dataclasses.replace(codemod, find=find)


@pytest.mark.parametrize(
    ("payload", "reason"), [(Refusing(), "not now"), (Raising(), "RuntimeError: no way")]
)
def test_what_cannot_be_carried_out_costs_no_other_site_its_fix(
    tmp_path: Path, payload: Payload, reason: str
) -> None:
    (tmp_path / "b.py").write_text(TEXT)
    found = fixes_of(scanned(tmp_path, with_payload(payload)))
    assert [isinstance(item, Patch) for item in found] == [True, True, False, False]
    assert found[2:] == (NoFix(reason), NoFix(reason))


def test_a_fix_is_a_patch_of_its_own(tmp_path: Path) -> None:
    first, second = fixes_of(scanned(tmp_path, rename("id")))
    assert isinstance(first, Patch) and isinstance(second, Patch)
    assert first.files[0].after == TEXT.replace("(old)\n", "(id)\n").encode()
    assert second.files[0].after == TEXT.replace("return old", "return id").encode()
    assert [item.site.line for item in second.changes] == [3]
    assert second.gates == GATES


def test_what_is_left_after_fixing_has_its_fixes_too(tmp_path: Path) -> None:
    done = scanned(tmp_path, rename("id", safety=Safety.REVIEW), fix=Safety.SAFE)
    assert done.patches == ()
    assert all(isinstance(item, Patch) for item in fixes_of(done))


def test_a_site_costs_one_more_look_at_its_file(tmp_path: Path) -> None:
    codemod, looks = rename("id"), 0

    def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
        nonlocal looks
        looks += 1
        yield from codemod.find(scope, plan)

    counting = dataclasses.replace(codemod, find=find)
    for many in (1, 10, 20):
        text = "def f(old):\n" + "    print(old)\n" * many
        found = scanned(tmp_path, counting, text)
        looks = 0
        assert len(fixes_of(found)) == many
        assert looks == many + (many > 1)

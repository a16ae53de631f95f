"""The fix of one site alone: through every gate, and at the cost of one more look at its file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from codemods.codemod import Change, Codemod, Plan, Refusal, Safety, Scope
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
        NoFix("it is only shown"),
    ]


def test_what_cannot_be_carried_out_is_said(tmp_path: Path) -> None:
    codemod = dataclasses.replace(rename(), edit=lambda _operation, _node: Refusal("no", "not now"))
    assert fixes_of(scanned(tmp_path, codemod)) == (NoFix("not now"), NoFix("not now"))


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

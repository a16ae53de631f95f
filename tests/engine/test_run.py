"""How a finding ends, apart from what the codemods do: ties, safety, gates, no codemod."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst
import pytest

from codemods.codemod import (
    Change,
    Codemod,
    Edited,
    Match,
    Node,
    Operation,
    Payload,
    Plan,
    Refusal,
    Safety,
    Scope,
)
from codemods.demands.demands import Demands
from codemods.engine.outcomes import AlreadyFixed, Failed, Fixed, NoCodemod, NotFound, Refused
from codemods.engine.run import resolve
from codemods.findings.model import Finding
from codemods.findings.readers.markdown import read_markdown
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.rewriting.parsed import Becomes

REPORT = """
### B-01: shout() whispers

- **Severity**: LOW
- **Location**: `app/voice.py:2`
- **Description**: `shout()` says it quietly.
- **Evidence**:
  ```python
  return quiet(text)
  ```
- **Suggested Fix**: {suggestion}
"""
CODE = (
    b"def shout(text):\n    return quiet(text)  # as ever\n\n\ndef quiet(text):\n    return text\n"
)


def finding(suggestion: str = "Say it loudly.") -> Finding:
    (found,) = read_markdown(REPORT.format(suggestion=suggestion), "report.md").findings
    return found


def project(code: bytes = CODE) -> Project:
    return Project(MemoryFiles({"app/voice.py": code}))


@dataclass(frozen=True)
class Calls:
    """Something else is called."""

    name: str

    def edit(self, node: Node) -> Edited:
        return cst.ensure_type(node, cst.Call).with_changes(func=cst.Name(self.name))


def codemod(
    name: str = "speak-up",
    *,
    safety: Safety = Safety.SAFE,
    strength: int = 50,
    named: bool = True,
    into: str = "loud",
    payload: Payload | None = None,
    again: bool = False,
) -> Codemod:
    """A codemod that calls ``loud`` where ``quiet`` was called."""

    def find(scope: Scope, plan: Plan | None) -> Iterator[Change | Refusal]:
        for place in scope.places:
            for call in place.source.tree.within(place.node, ast.Call):
                called = call.func.id if isinstance(call.func, ast.Name) else ""
                site = scope.site(place.source, call)
                if called == "loud" and not again:
                    yield Refusal("already-loud", "it is loud", site, already=True)
                elif called in ("quiet", "loud"):
                    span = place.source.span(call)
                    operation = Operation(place.source.path, span, payload or Calls(into))
                    yield Change(site, "says it loudly", (operation,), safety)
                elif called == "whisper":
                    yield Refusal("whispers", "a whisper stays", site)

    return Codemod(
        name=name,
        recognise=lambda _: Match(plan=Plan(), strength=strength, named=named),
        find=find,
        triggers=(b"quiet",),
    )


def loud(code: bytes = CODE) -> bytes:
    return (
        code.replace(b"return quiet(", b"return loud(") + b"\n\ndef loud(text):\n    return text\n"
    )


def test_without_a_codemod_nothing_is_claimed() -> None:
    outcome = resolve(finding(), project(), []).outcome
    assert isinstance(outcome, NoCodemod)
    assert "Say it loudly." in outcome.reason


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("✅ Fixed in #12", "the report itself says: fixed (✅ Fixed in #12)"),
        ("Won't fix", "the report itself says: won't fix"),
        ("False positive", "the report itself says: false positive"),
        ("Accepted", "the report itself says: accepted"),
    ],
)
def test_what_the_report_says_is_settled_is_not_rewritten(status: str, reason: str) -> None:
    code = loud().replace(b"return loud(", b"return quiet(")
    assert isinstance(resolve(finding(), project(code), [codemod()]).outcome, Fixed)
    settled = REPORT.replace("**Severity**: LOW", f"**Severity**: LOW\n- **Status**: {status}")
    (found,) = read_markdown(settled.format(suggestion="Say it loudly."), "report.md").findings
    outcome = resolve(found, project(code), [codemod()]).outcome
    assert isinstance(outcome, Refused)
    assert [(item.reason, item.detail) for item in outcome.refusals] == [("status", reason)]


def test_a_tie_is_refused_with_both_names() -> None:
    outcome = resolve(finding(), project(), [codemod("one"), codemod("two")]).outcome
    assert isinstance(outcome, Refused)
    assert outcome.refusals[0].reason == "tie"
    assert "one and two" in outcome.reason


def test_a_codemod_that_knows_the_pattern_goes_before_a_stronger_one_that_does_not() -> None:
    code = loud().replace(b"return loud(", b"return quiet(")
    claims = [codemod("words", strength=99, named=False), codemod("name", strength=1)]
    assert resolve(finding(), project(code), claims).codemod == "name"


def test_what_is_only_shown_is_refused_and_written_when_forced() -> None:
    code = loud().replace(b"return loud(", b"return quiet(")
    shown = [codemod(safety=Safety.DISPLAY)]
    refused = resolve(finding(), project(code), shown).outcome
    assert isinstance(refused, Refused)
    assert refused.refusals[0].reason == "display-only"
    forced = resolve(finding(), project(code), shown, allow=Safety.DISPLAY).outcome
    assert isinstance(forced, Fixed)
    assert forced.patch.safety is Safety.DISPLAY


def test_a_fix_keeps_every_other_byte() -> None:
    code = loud().replace(b"return loud(", b"return quiet(")
    outcome = resolve(finding(), project(code), [codemod()]).outcome
    assert isinstance(outcome, Fixed)
    (patched,) = outcome.patch.files
    assert (patched.path, patched.before, patched.after) == ("app/voice.py", code, loud())


def test_a_new_name_that_nothing_defines_fails_the_gate() -> None:
    outcome = resolve(finding(), project(), [codemod()]).outcome
    assert isinstance(outcome, Failed)
    assert outcome.error.startswith("names-defined: app/voice.py")


def test_a_codemod_that_never_ends_fails_the_gate() -> None:
    outcome = resolve(finding(), project(loud()), [codemod(again=True, into="quiet")]).outcome
    assert isinstance(outcome, Failed)
    assert outcome.error.startswith("second-run-silent")


def test_a_comment_that_goes_lost_fails_the_gate() -> None:
    code = CODE.replace(b"quiet(text)  # as ever", b"quiet(  # as ever\n        text)")
    outcome = resolve(finding(), project(code), [codemod(payload=Becomes("text"))]).outcome
    assert isinstance(outcome, Failed)
    assert outcome.error.startswith("comments-kept: app/voice.py: lost '# as ever'")


def test_positive_evidence_is_already_fixed() -> None:
    outcome = resolve(finding(), project(loud()), [codemod()]).outcome
    assert isinstance(outcome, AlreadyFixed)
    assert outcome.reason == "it is loud"


def test_neither_defect_nor_fix_is_not_found() -> None:
    code = CODE.replace(b"return quiet(text)  # as ever", b"return text")
    outcome = resolve(finding(), project(code), [codemod()]).outcome
    assert isinstance(outcome, NotFound)


def test_a_fix_beside_a_refusal_is_no_already_fixed() -> None:
    code = loud().replace(b"return loud(text)", b"return loud(whisper(text))")
    outcome = resolve(finding(), project(code), [codemod()]).outcome
    assert isinstance(outcome, Refused)
    assert [item.reason for item in outcome.refusals] == ["whispers", "already-loud"]


def test_a_suppressed_place_is_refused() -> None:
    code = loud().replace(b"return loud(text)  #", b"return quiet(text)  # autofix: ignore;")
    outcome = resolve(finding(), project(code), [codemod()]).outcome
    assert isinstance(outcome, Refused)
    assert outcome.refusals[0].reason == "suppressed"


def test_a_file_that_does_not_parse_is_refused_with_its_line() -> None:
    outcome = resolve(finding(), project(CODE + b"def (:\n"), [codemod()]).outcome
    assert outcome.name in ("refused", "not-found")
    assert "app/voice.py" in outcome.reason


def test_a_defect_of_a_codemod_is_failed_and_no_traceback() -> None:
    def broken(demands: Demands) -> Match[Plan] | None:
        raise ZeroDivisionError("nobody expects it")

    bad = dataclasses.replace(codemod(), recognise=broken)
    outcome = resolve(finding(), project(), [bad]).outcome
    assert isinstance(outcome, Failed)
    assert outcome.reason == "ZeroDivisionError: nobody expects it"

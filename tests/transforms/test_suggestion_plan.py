"""Plans of edits as a person would write them, with nothing that a finding says besides."""

from __future__ import annotations

import tomllib

import pytest

from codemods.codemod import Safety
from codemods.engine.outcomes import AlreadyFixed, Fixed, Outcome, Refused
from codemods.engine.planned import request_from, resolve_request
from codemods.engine.plans import PlanError, plan_from, table_from
from codemods.findings.made import finding_of_plan
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.transforms import catalogue
from tests.harness import FIXTURES, Case

NAME = "apply-suggestion"
TWICE = "def f():\n    x = 1\n    g(x)\n    x = 1\n    return x\n"


def outcome(files: dict[str, bytes], at: str, plan: str) -> Outcome:
    table = {"codemod": NAME, "at": at, **tomllib.loads(plan)}
    request = request_from(table, catalogue())
    finding = finding_of_plan(NAME, [at])
    project = Project(MemoryFiles(files))
    return resolve_request(finding, project, request, lambda _: {}, Safety.REVIEW).outcome


PLANS = {
    "condition-widened": (
        "::process",
        'edits = [{old="if chain.compressor is not None:", '
        'new="if chain.compress and chain.compressor is not None:"}]',
    ),
    "added-in-the-finally": (
        "::Worker.close",
        'edits = [{new="self.engine = None", where="finally"}]',
    ),
    "fence-with-more-lines": (
        "::smooth",
        'edits = [{new="width = min(width, len(values))", block=1}, '
        '{new="total = sum(values[:width])", block=1}]',
    ),
    "handler-type": (
        "::load_plugins",
        'edits = [{old="ImportError", new="Exception", role="catch"}]',
    ),
    "decorator": (
        "::counted",
        'edits = [{new="functools.wraps(function)", kind="decorate", scopes=["inner"]}]',
    ),
    "guard-before-its-use": (
        "::soften",
        'edits = [{new="if headroom <= 0: return values", where="guard"}]',
    ),
    "keyword-added-to-both": (
        "::smooth",
        'edits = [{new="dtype=samples.dtype", callee="np.zeros", role="pass", count=2}]',
    ),
    "two-keywords-of-one-call": (
        "::read",
        'edits = [{new=\'encoding="utf-8", newline=""\', callee="open", role="pass"}]',
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_by_hand_gives_the_fix(name: str) -> None:
    case = Case(FIXTURES / NAME / name, {})
    before, after = case.files("before"), case.files("after")
    assert before is not None and after is not None
    symbol, plan = PLANS[name]
    made = outcome(before, f"{case.path}{symbol}", plan)
    assert isinstance(made, Fixed), made
    assert {item.path: item.after for item in made.patch.files} == after


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        ('edits = [{old="x = 1", new="x = 2"}]', "several-places"),
        ('edits = [{old="x = 1", new="x = 2", count=3}]', "count-differs"),
        ('edits = [{old="y = 1", new="y = 2"}]', "not-there"),
        ('edits = [{old="g(x)", new="g(y)"}]', "undefined-name"),
        ('edits = [{old="g(x)", new="h(x)"}, {old="gone()", new="g()"}]', "not-there"),
        ('edits = [{new="g(1)", where="before"}]', "no-anchor"),
        ('edits = [{new="g(1)", where="after", anchor="x = 1"}]', "several-places"),
        ('edits = [{new="x = "}]', "not-there"),
        ('edits = [{old="g(x)", new="x ="}]', "not-there"),
    ],
)
def test_what_is_not_sure_is_left(plan: str, reason: str) -> None:
    made = outcome({"a.py": TWICE.encode()}, "a.py::f", plan)
    assert isinstance(made, Refused), made
    assert reason in [item.reason for item in made.refusals]


def test_every_and_count_say_that_all_are_meant() -> None:
    for how in ("every=true", "count=2"):
        plan = f'edits = [{{old="x = 1", new="x = 2", {how}}}]'
        made = outcome({"a.py": TWICE.encode()}, "a.py::f", plan)
        assert isinstance(made, Fixed)
        assert made.patch.files[0].after == TWICE.replace("x = 1", "x = 2").encode()


def test_the_level_of_a_log_call() -> None:
    text = "def f(log):\n    log.info(1)\n    log.warning(2)\n"
    plan = 'edits = [{new="error", kind="level", levels=["warning"]}]'
    made = outcome({"a.py": text.encode()}, "a.py::f", plan)
    assert isinstance(made, Fixed)
    assert made.patch.files[0].after == text.replace("warning", "error").encode()


def test_a_second_run_finds_it_done() -> None:
    text = TWICE.replace("g(x)", "g(x, 7)").encode()
    made = outcome({"a.py": text}, "a.py::f", 'edits = [{old="g(x)", new="g(x, 7)"}]')
    assert isinstance(made, AlreadyFixed)


@pytest.mark.parametrize(
    "plan",
    [
        "",
        "edits = [{old='x'}]",
        "edits = [{new='x', where='afer'}]",
        "edits = [{new='x', kind='move'}]",
        "edits = [{new='x', sentence='Use `x`.'}]",
    ],
)
def test_what_is_no_plan(plan: str) -> None:
    with pytest.raises(PlanError):
        plan_from(catalogue()[NAME], tomllib.loads(plan))


def test_a_plan_goes_through_a_table() -> None:
    table = {"edits": [{"new": "a.b", "old": "a", "scopes": ["f"]}], "imports": [{"module": "a"}]}
    plan = plan_from(catalogue()[NAME], table)
    assert plan_from(catalogue()[NAME], table_from(plan)) == plan


def test_hundreds_of_edits_are_another_text() -> None:
    files = {"one.py": b"def f():\n    return 1\n"}
    edits = ", ".join(f'{{old="x_{n}", new="y_{n}"}}' for n in range(201))
    made = outcome(files, "one.py::f", f"edits = [{edits}]")
    assert isinstance(made, Refused)
    assert [item.reason for item in made.refusals] == ["too-many-edits"]

"""Running a case, and everything that the contract says of it."""

from __future__ import annotations

import ast
import difflib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from codemods.codemod import Refusal, Safety
from codemods.engine.outcomes import AlreadyFixed, NotFound, Refused
from codemods.engine.run import resolve
from codemods.engine.scanning.fixing import fix
from codemods.engine.scanning.scan import scan
from codemods.testing.cases import Case, CaseError, Result, changed_by, patched
from codemods.testing.proving import Proved, prove

LONGEST_REASON = 160
"""How many characters a reason may have: more does not fit into a line of a list."""


def run(case: Case, files: dict[str, bytes]) -> Result:
    """Run the case's codemod over ``files`` as the case says.

    Raises:
        CaseError: when a file's patch does not pass a gate.
    """
    project = case.project(files)
    finding = case.finding
    options = case.expected.get("options", {})
    if finding is not None:
        resolution = resolve(finding, project, [case.codemod], options=lambda _: options)
        outcome = resolution.outcome
        patch = resolution.patch
        if patch is not None:
            after = patched(files, patch.files)
            return Result(after, patch.refusals, patch.safety, resolution, len(patch.changes))
        refusals: tuple[Refusal, ...] = ()
        if isinstance(outcome, Refused):
            refusals = outcome.refusals
        elif isinstance(outcome, AlreadyFixed):
            refusals = outcome.evidence
        return Result(files, refusals, None, resolution)
    refused: list[Refusal] = []
    safeties: list[Safety] = []
    current = dict(files)
    for path in [name for name in files if name.endswith((".py", ".pyi"))]:
        made = fix(
            case.project(current),
            [case.codemod],
            path,
            options=lambda _: options,
            allow=Safety.REVIEW,
        )
        if made.failed:
            raise CaseError("; ".join(f"{item.path}: {item.reason}" for item in made.failed))
        refused += [item for _, item in made.refused]
        safeties += [item.change.safety for item in made.changes]
        current = patched(current, made.files)
    safety = Safety.weakest(safeties) if safeties else None
    return Result(current, tuple(refused), safety, changes=len(safeties))


def check(case: Case) -> None:
    """Everything that the contract says of a case, but for its proof.

    Raises:
        CaseError: with the first thing that does not hold.
    """
    before = case.files("before")
    if before is None:
        raise CaseError("a case needs before.py or before/")
    expected = case.files("after")
    result = run(case, before)
    _check_outcome(case, result, expected is not None)
    _check_files(result.files, expected if expected is not None else before)
    _check_answers(case, result)
    if expected is None:
        return
    if expected == before:
        raise CaseError("after.py is the same as before.py")
    _check_again(case, expected)
    for path in changed_by(before, expected):
        if path.endswith(".py") and path in expected and _parses(before.get(path, b"")):
            _check_syntax(path, expected[path])


def _check_syntax(path: str, data: bytes) -> None:
    try:
        compile(data, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise CaseError(f"after: {path} does not compile: {error}") from None


def _check_files(given: dict[str, bytes], wanted: dict[str, bytes]) -> None:
    for path in changed_by(given, wanted):
        one, other = _text(wanted.get(path)), _text(given.get(path))
        if one == other:
            raise CaseError(f"{path}: the text matches, but its bytes differ")
        lines = difflib.unified_diff(one, other, f"{path} wanted", f"{path} given", n=2)
        raise CaseError("".join(["\n", *(f"{line.rstrip()}\n" for line in lines)]).rstrip())


def _check_answers(case: Case, result: Result) -> None:
    expected = case.expected
    if "refusals" in expected:
        given = [item.reason for item in result.refusals]
        if given != expected["refusals"]:
            told = [f"{item.reason} ({item.detail})" for item in result.refusals]
            raise CaseError(_differs("refusals", expected["refusals"], told))
    if "safety" in expected:
        safety = result.safety.value if result.safety is not None else None
        if safety != expected["safety"]:
            raise CaseError(_differs("safety", expected["safety"], safety))
    for item in result.refusals:
        if not item.detail or "\n" in item.detail:
            raise CaseError(f"the detail of {item.reason} is not one line: {item.detail!r}")
        # A fix that is only shown says what it does, with its notes.
        if len(item.detail) > LONGEST_REASON and item.reason != "display-only":
            raise CaseError(
                f"the detail of {item.reason} has {len(item.detail)} characters, more than "
                f"{LONGEST_REASON}: {item.detail}"
            )


def _check_outcome(case: Case, result: Result, changes: bool) -> None:
    expected = case.expected
    if result.resolution is None:
        if "outcome" in expected:
            raise CaseError("case.toml: a scan has no `outcome`")
        if not changes and "refusals" not in expected:
            found = scan(case.project(result.files), [case.codemod]).found
            if found:
                told = "; ".join(item.change.defect for item in found)
                raise CaseError(f"a scan finds something that it does not fix: {told}")
        return
    outcome = result.resolution.outcome
    usual = "partly-fixed" if "left" in expected else "fixed"
    wanted = expected.get("outcome", usual if changes else None)
    if wanted is None:
        raise CaseError("case.toml needs the `outcome` of a finding that changes nothing")
    if outcome.name != wanted:
        steps = "; ".join(result.resolution.steps)
        raise CaseError(_differs("outcome", wanted, f"{outcome.name} ({outcome.reason}; {steps})"))
    patch = result.resolution.patch
    if patch is None:
        return
    for name, given in (
        ("unaddressed", [*patch.unaddressed]),
        ("left", [str(item) for item in patch.left]),
    ):
        if given != expected.get(name, []):
            raise CaseError(_differs(name, expected.get(name, []), given))
    for part in expected.get("notes", []):
        if not any(part in note for note in patch.notes):
            raise CaseError(_differs("notes", part, patch.notes))


def _check_again(case: Case, after: dict[str, bytes]) -> None:
    """The second run must change nothing; a finding must not be found undone."""
    again = run(case, after)
    if again.files != after:
        raise CaseError(f"a second run changes {', '.join(changed_by(after, again.files))}")
    if again.resolution is not None:
        outcome = again.resolution.outcome
        if not isinstance(outcome, (AlreadyFixed, Refused, NotFound)):
            raise CaseError(f"a second run ends as {outcome.name}: {outcome.reason}")


def check_balance(name: str, found: Iterable[Case]) -> None:
    """A codemod has a case that changes, and at least as many that stay.

    Raises:
        CaseError: when it has not.
    """
    changing = [case.changes for case in found]
    if not any(changing):
        raise CaseError(f"{name} needs a case that changes")
    if changing.count(False) < changing.count(True):
        raise CaseError(
            f"{name} has {changing.count(True)} cases that change and "
            f"{changing.count(False)} that stay: at least as many must stay"
        )


def check_proof(case: Case) -> None:
    """``proof.py`` fails without the fix, by an assertion, and passes with it.

    Raises:
        CaseError: when it does not.
        TimeoutError: when it does not end.
        ChildProcessError: when it ends more than itself.
    """
    with tempfile.TemporaryDirectory(prefix="autofix-proof-") as folder:
        proved = [_proved(case, state, Path(folder)) for state in ("before", "after")]
    before, after = proved
    if before.returncode == 0:
        raise CaseError("proof.py passes without the fix")
    if "ProofError" not in before.stderr and "AssertionError" not in before.stderr:
        raise CaseError(f"proof.py fails without the fix for another reason:\n{before.stderr}")
    if after.returncode != 0:
        raise CaseError(f"proof.py fails with the fix:\n{after.stderr}")


def _proved(case: Case, state: str, folder: Path) -> Proved:
    """Run ``proof.py`` on one state of the case in a process of its own."""
    files = case.files(state)
    if files is None:
        raise CaseError(f"a case with a proof.py needs {state}.py")
    single = (case.folder / f"{state}.py").exists()
    for path, data in files.items():
        target = folder / state / ("subject.py" if single else path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return prove(case.folder.resolve() / "proof.py", folder / state)


def _differs(what: str, wanted: object, given: object) -> str:
    return f"{what}: expected {wanted}, got {given}"


def _text(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "backslashreplace").splitlines(keepends=True)


def _parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except (SyntaxError, ValueError):
        return False
    return True


def failures(found: Iterable[Case]) -> Iterator[tuple[Case, str | None]]:
    """Each case with why it does not hold, ``None`` where it does."""
    for case in found:
        yield case, _failure(case)


def _failure(case: Case) -> str | None:
    try:
        check(case)
        if (case.folder / "proof.py").exists():
            check_proof(case)
    except (CaseError, TimeoutError, ChildProcessError) as error:
        return str(error)
    return None

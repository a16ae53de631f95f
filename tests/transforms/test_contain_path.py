"""Which findings ask for a path to be checked, and which folder they name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from codemods.demands.demands import Demands
from codemods.findings.reports import read_report
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.rewriting.reach import Reached
from codemods.transforms.contain_path.plan import PathPlan, recognise
from codemods.transforms.contain_path.roots import root_at
from codemods.transforms.contain_path.validators import Validator, only_validator, validator_named

VALIDATOR = """
from pathlib import Path

def validate_file_path(path: str) -> Path:
    resolved = Path(path).resolve()
    if not resolved.is_relative_to(Path.home()):
        raise ValueError("outside")
    return resolved
"""


def plan_for(folder: Path, title: str, description: str, suggestion: str) -> PathPlan | None:
    report = folder / "report.md"
    report.write_text(
        f"### S-1: {title}\n\n- **Severity**: HIGH\n- **Location**: `web/a.py:1-9`\n"
        f"- **Description**: {description}\n- **Suggested Fix**: {suggestion}\n",
        encoding="utf-8",
    )
    [finding] = read_report(report).findings
    match = recognise(Demands.of(finding))
    return match.plan if match is not None else None


@pytest.mark.parametrize(
    ("title", "description", "suggestion"),
    [
        ("Error messages leak file paths", "`track.path` is shown unvalidated.", "Validate it."),
        ("Path validation has no test", "No validation test of `file_path`.", "Add one."),
        ("`validate_path()` has zero call sites", "No validation of `file_path`.", "Wire it."),
        ("Unvalidated file path", "`file_path` is used unvalidated.", "Load by `track_id` only."),
        ("Unvalidated limit", "`limit` is used without validation.", "Use `Query(ge=1)`."),
        ("Unvalidated file path", "It has no validation.", "Validate it."),
        (
            "Unvalidated paths",
            "`paths` lack validation.",
            "Add a `field_validator` for `file_path`.",
        ),
        ("Scanner follows symlinks", "`entry_path`: no containment check.", "Check `entry_path`."),
        ("Arbitrary paths", "`entry_path` is unvalidated.", "If ever desired, check `entry_path`."),
    ],
)
def test_other_findings_are_left_alone(
    tmp_path: Path, title: str, description: str, suggestion: str
) -> None:
    assert plan_for(tmp_path, title, description, suggestion) is None


@pytest.mark.parametrize(
    ("suggestion", "root"),
    [
        ("Validate that `file_path` resolves within `~/.app/files/`.", "~/.app/files"),
        ("Validate file_path resolves within ~/.app/files before it is served.", "~/.app/files"),
        ("Reject whatever is outside of `/srv/files`.", "/srv/files"),
        ("Check that it is inside `FILES_DIR`.", "FILES_DIR"),
        ("Ensure that it stays under `settings.media_root`.", "settings.media_root"),
        ('Ensure that it is within `Path.home() / "files"`.', 'Path.home() / "files"'),
        ("Ensure it's within the user's home directory.", "~"),
        ("Validate it before it is passed to `FileResponse`.", ""),
        ("Validate that it does not lead to `../../etc`.", ""),
        ("Validate `file_path` against a known directory.", ""),
    ],
)
def test_the_folder_that_is_named(tmp_path: Path, suggestion: str, root: str) -> None:
    plan = plan_for(tmp_path, "Unvalidated file path", "`file_path` is unvalidated.", suggestion)
    assert plan is not None
    assert plan.root == root


def test_validators_are_those_of_the_suggestion(tmp_path: Path) -> None:
    plan = plan_for(
        tmp_path,
        "Streams bypass path validation",
        "`a.file_path` is not given to `validate_other_path()`, unlike elsewhere.",
        "Call `security.validate_file_path(a.file_path)` first.",
    )
    assert plan is not None
    assert (plan.validators, plan.values) == (("validate_file_path",), ("a.file_path", "file_path"))


def folder_of(said: str, **files: str) -> str:
    project = Project(MemoryFiles({f"{name}.py": text.encode() for name, text in files.items()}))
    source = project.source("here.py")
    at = source.tree.of(ast.Pass)[0]
    found = root_at(project, source, at, said)
    return found.text if isinstance(found, Reached) else f"refused: {found}"


@pytest.mark.parametrize(
    "value",
    [
        'Path("~/.app/files")',
        '"~/.app/files"',
        'Path.home() / ".app" / "other"',
        'Path.home() / ".app" / NAME / "files"',
        'Path(".app") / "files"',
        'FILES / "files"',
    ],
)
def test_constants_that_are_another_folder(value: str) -> None:
    home = f"from pathlib import Path\nFILES = {value}\n"
    text = folder_of("~/.app/files", here="def f():\n    pass\n", home=home)
    assert text == 'Path.home() / ".app" / "files"'


@pytest.mark.parametrize(
    "value",
    [
        'Path.home() / ".app" / "files"',
        'Path.home().joinpath(".app", "files").resolve()',
        'Path("~/.app/files").expanduser()',
        'Path("~") .expanduser() / ".app/files"',
    ],
)
def test_constants_that_are_the_folder(value: str) -> None:
    home = f"from pathlib import Path\nFILES = {value}\n"
    assert folder_of("~/.app/files", here="def f():\n    pass\n", home=home) == "FILES"


def test_names_that_nothing_defines() -> None:
    assert folder_of("FILES", here="pass\n").startswith("refused: FILES is not defined")
    assert folder_of("app.root", here="pass\n").startswith(
        "refused: app is not defined in this file"
    )
    assert folder_of("app.root", here="app = 1\npass\n") == "Path(app.root)"
    assert folder_of("/srv/files", here="pass\n") == 'Path("/srv/files")'


@pytest.mark.parametrize(
    "change",
    [
        ("is_relative_to(Path.home())", "exists()"),
        ("Path(path).resolve()", "Path(path)"),
        ("return resolved", "return True"),
        ("    return resolved\n", ""),
        ("(path: str)", "(path: str, root: str)"),
        ("def ", "async def "),
        ("-> Path", "-> list[Path]"),
        ('raise ValueError("outside")', "raise RuntimeError(1) if path else ValueError(1)"),
    ],
)
def test_what_is_no_validator(change: tuple[str, str]) -> None:
    project = Project(MemoryFiles({"paths.py": VALIDATOR.replace(*change).encode()}))
    assert isinstance(validator_named(project, "validate_file_path"), str)


def test_the_only_validator() -> None:
    project = Project(MemoryFiles({"paths.py": VALIDATOR.encode()}))
    found = only_validator(project)
    assert isinstance(found, Validator)
    assert (found.name, found.exception_name, found.wants_text) == (
        "validate_file_path",
        "ValueError",
        True,
    )
    other = VALIDATOR.replace("validate_file_path", "check_path").encode()
    project = Project(MemoryFiles({"paths.py": VALIDATOR.encode(), "more.py": other}))
    assert only_validator(project) == (
        "the project has several validators: check_path(), validate_file_path()"
    )

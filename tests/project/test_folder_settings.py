"""The nearest settings count, what they extend stays in the repository, and what is about a run is
said at the top."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.project.config import LISTS, ROOT_ONLY, anchored, load_settings
from codemods.project.files import MemoryFiles, WorkTreeFiles
from codemods.project.folder_settings import FolderSettings
from codemods.project.ignoring import Rules
from codemods.project.settings_files import LONGEST, MOST, SettingsError

NAMES = ("add-exc-info", "weak-hash")
DEFAULTS = {"add-exc-info": {"loggers": ()}, "weak-hash": {}}


def _of(**texts: str) -> FolderSettings:
    """Settings of files that are named with ``__`` for a slash; each is an ``autofix.toml``."""
    files = {
        f"{name.replace('__', '/')}/autofix.toml".removeprefix("top/"): text.encode()
        for name, text in texts.items()
    }
    return FolderSettings(MemoryFiles(files), NAMES, DEFAULTS)


@pytest.mark.parametrize(
    ("extend", "message"),
    [
        ("1", "svc/autofix.toml: extend must be a non-empty string"),
        ('" "', "svc/autofix.toml: extend must be a non-empty string"),
        ('"/etc/autofix.toml"', "extend must be a path from the folder of svc/autofix.toml"),
        ('"~/autofix.toml"', "extend must be a path from the folder of svc/autofix.toml"),
        ('"..\\\\autofix.toml"', "extend must be a path from the folder of svc/autofix.toml"),
        ('"C:/autofix.toml"', "extend must be a path from the folder of svc/autofix.toml"),
        ('"file:../autofix.toml"', "extend must be a path from the folder of svc/autofix.toml"),
        ('"../../autofix.toml"', "../../autofix.toml is outside the project"),
        ('"../x/../../y.toml"', "../x/../../y.toml is outside the project"),
        ('".."', ".. is outside the project"),
        ('"../setup.cfg"', "../setup.cfg is not a .toml file"),
        ('"../gone.toml"', "gone.toml is not a file of the project, or is a link"),
        ('"../.git/config.toml"', ".git/config.toml is not a file of the project, or is a link"),
        ('"autofix.toml"', "is circular: svc/autofix.toml → svc/autofix.toml"),
    ],
)
def test_what_cannot_be_extended(extend: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        _of(svc=f"extend = {extend}\n").of("svc/a.py")
    assert str(raised.value).endswith(message)


def test_a_circle_of_several_files() -> None:
    with pytest.raises(SettingsError) as raised:
        assert _of(a='extend = "../b/autofix.toml"', b='extend = "../a/autofix.toml"').of("a/x.py")
    chain = "a/autofix.toml → b/autofix.toml → a/autofix.toml"
    assert str(raised.value) == f"b/autofix.toml: extend: is circular: {chain}"


def test_only_so_many_files_extend_each_other() -> None:
    texts = {f"f{number}": f'extend = "../f{number + 1}/autofix.toml"' for number in range(LONGEST)}
    texts[f"f{LONGEST}"] = ""
    with pytest.raises(SettingsError, match=f"more than {LONGEST} files extend each other"):
        _of(**texts).of("f0/x.py")
    assert _of(**texts).of("f1/x.py").origin == "f1/autofix.toml"


def test_links_are_not_extended(tmp_path: Path) -> None:
    (tmp_path / "svc").mkdir()
    (tmp_path / "elsewhere.toml").write_text('ignore = ["weak-hash"]\n')
    (tmp_path / "svc/autofix.toml").write_text('extend = "../link.toml"\n')
    (tmp_path / "link.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(
        SettingsError, match=r"link\.toml is not a file of the project, or is a link"
    ):
        FolderSettings(WorkTreeFiles(tmp_path)).of("svc/a.py")


def test_what_is_extended_is_read_as_strictly() -> None:
    with pytest.raises(SettingsError) as raised:
        _of(top='selct = ["weak-hash"]', svc='extend = "../autofix.toml"').of("svc/a.py")
    assert str(raised.value) == "autofix.toml: unknown key selct (did you mean select?)"
    files = {"svc/autofix.toml": b'extend = "../pyproject.toml"', "pyproject.toml": b"[project]\n"}
    with pytest.raises(SettingsError, match=r"pyproject\.toml has no \[tool\.autofix\]"):
        FolderSettings(MemoryFiles(files)).of("svc/a.py")


def test_settings_of_a_folder_are_read_as_strictly_as_those_of_the_top() -> None:
    with pytest.raises(SettingsError) as raised:
        _of(svc='ignore = ["weak-hsh"]').of("svc/deep/a.py")
    hint = "names the unknown codemod weak-hsh (did you mean weak-hash?)"
    assert str(raised.value) == f"svc/autofix.toml: ignore {hint}"


def test_a_file_may_only_be_so_large() -> None:
    large = b"#" * (MOST + 1)
    with pytest.raises(SettingsError, match="is larger than 1,048,576 bytes"):
        load_settings(MemoryFiles({"autofix.toml": large}))
    # Of a folder's, what is not ours is not parsed.
    assert FolderSettings(MemoryFiles({"svc/pyproject.toml": large})).of("svc/a.py").origin is None


@pytest.mark.parametrize("text", ["[project\n", "autofix = [\n", "\xff"])
def test_what_belongs_to_others_is_not_ours_to_judge(text: str) -> None:
    files = MemoryFiles({"data/pyproject.toml": text.encode("latin-1")})
    assert FolderSettings(files).of("data/a.py").origin is None


def test_a_broken_table_of_ours_is_told() -> None:
    files = MemoryFiles({"svc/pyproject.toml": b"[tool.autofix\n"})
    with pytest.raises(SettingsError, match=r"^svc/pyproject\.toml: "):
        FolderSettings(files).of("svc/a.py")


def test_the_nearest_counts_and_nothing_is_added_up() -> None:
    folders = _of(
        top='ignore = ["weak-hash"]\n[add-exc-info]\nloggers = ["log"]\n',
        svc='exclude = ["gen/"]\n',
        svc__deep='ignore = ["add-exc-info"]\n',
    )
    assert folders.of("a.py").ignore == ("weak-hash",)
    assert folders.of("other/a.py") is folders.top
    svc = folders.of("svc/x/y/a.py")
    assert (svc.origin, svc.ignore, svc.options("add-exc-info")) == ("svc/autofix.toml", (), {})
    assert folders.of("svc/deep/a.py").ignore == ("add-exc-info",)
    assert [item.folder for item in folders.used] == ["", "svc", "svc/deep"]


def test_a_pyproject_without_our_table_is_passed_over() -> None:
    files = {
        "pyproject.toml": b"[tool.autofix]\nignore = []\n",
        "svc/pyproject.toml": b"[tool.x]\n",
    }
    assert FolderSettings(MemoryFiles(files)).of("svc/a.py").origin == "pyproject.toml"


def test_what_is_extended_stands_below_what_is_said() -> None:
    folders = _of(
        top='ignore = ["weak-hash"]\nexclude = ["gen/"]\n[add-exc-info]\nloggers = ["log"]\n',
        svc='extend = "../autofix.toml"\nignore = []\n'
        '[per-path."tests/"]\nignore = ["weak-hash"]\n',
    )
    svc = folders.of("svc/a.py")
    assert svc.ignore == ()
    assert svc.exclude == ("gen/",)
    assert svc.options("add-exc-info") == {"loggers": ["log"]}
    assert svc.origins["ignore"] == "svc/autofix.toml"
    assert svc.origins["add-exc-info.loggers"] == "autofix.toml"
    assert svc.files == ("svc/autofix.toml", "autofix.toml")
    assert [item.pattern for item in svc.per_path] == ["/svc/**/tests/"]


def test_what_is_about_a_run_counts_at_the_top_only() -> None:
    texts = {
        key: "[bot]\n" if key == "bot" else f"{key} = {'[]' if key in LISTS else repr('safe')}\n"
        for key in ROOT_ONLY
    }
    for key, text in texts.items():
        svc = _of(svc=text).of("svc/a.py")
        told = f"svc/autofix.toml: {key} counts only in the file at the project's root"
        assert svc.notes == (told,)
        assert (svc.verify, svc.base, svc.reports, svc.bot) == (None, None, (), {})


def test_what_the_top_extends_says_nothing_about_a_run() -> None:
    top = _of(top='extend = "shared/autofix.toml"', shared='verify = "curl x"\nignore = []').top
    told = "shared/autofix.toml: verify counts only in the file at the project's root"
    assert (top.verify, top.notes) == (None, (told,))


def test_whoever_extends_the_top_is_not_told_of_what_it_says_about_a_run() -> None:
    folders = _of(top='verify = "make test"\nbase = "main"', svc='extend = "../autofix.toml"')
    assert (folders.of("svc/a.py").notes, folders.top.verify) == ((), "make test")


def test_two_files_in_one_folder() -> None:
    files = {
        "svc/autofix.toml": b"ignore = []\n",
        "svc/pyproject.toml": b'[tool.autofix]\nignore = ["weak-hash"]\n',
    }
    found = FolderSettings(MemoryFiles(files)).of("svc/a.py")
    told = "svc/pyproject.toml: its [tool.autofix] is ignored because of svc/autofix.toml"
    assert (found.ignore, found.notes) == ((), (told,))
    files["svc/autofix.toml"] = b'extend = "pyproject.toml"\n'
    found = FolderSettings(MemoryFiles(files)).of("svc/a.py")
    assert (found.ignore, found.notes) == (("weak-hash",), ())


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("gen/", "svc/gen/a.py", True),
        ("gen/", "svc/x/gen/a.py", True),
        ("gen/", "gen/a.py", False),
        ("/gen/", "svc/gen/a.py", True),
        ("/gen/", "svc/x/gen/a.py", False),
        ("x/*.py", "svc/x/a.py", True),
        ("x/*.py", "svc/y/x/a.py", False),
        ("*_pb2.py", "svc/y/a_pb2.py", True),
        ("*_pb2.py", "a_pb2.py", False),
        ("**/old.py", "svc/y/old.py", True),
    ],
)
def test_a_pattern_means_its_own_folder(pattern: str, path: str, fits: bool) -> None:
    assert bool(Rules([anchored(pattern, "svc")]).verdict(path)) is fits


@pytest.mark.parametrize("pattern", ["", " ", "# gen/", "/"])
def test_what_is_no_pattern_stays_none(pattern: str) -> None:
    assert anchored(pattern, "svc") == pattern


def test_a_folder_with_signs_of_patterns_in_its_name() -> None:
    rules = Rules([anchored("a.py", "[x]*")])
    assert rules.verdict("[x]*/a.py") is True
    assert rules.verdict("xy/a.py") is None
    assert Rules(["*.py", anchored("!keep.py", "!odd")]).verdict("!odd/keep.py") is False


def test_options_at_a_file() -> None:
    folders = _of(
        top='[per-path."tests/".add-exc-info]\nloggers = ["test"]\n',
        svc='[add-exc-info]\nloggers = ["svc"]\n',
    )
    assert folders("add-exc-info") == {}
    assert folders.at("tests/a.py")("add-exc-info") == {"loggers": ["test"]}
    assert folders.at("svc/a.py")("add-exc-info") == {"loggers": ["svc"]}
    assert folders.at("a.py")("add-exc-info") == {}

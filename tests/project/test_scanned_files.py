"""Which files a scan reads: what stays out and why, and what is read all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.project.heads import comments_at_top, says_generated
from codemods.project.scanned_files import Reason, Selection, select_files


def lay(root: Path, *paths: str) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x = 1\n")


def reasons(selection: Selection) -> dict[str, Reason]:
    return {item.path: item.reason for item in selection.left_out}


@pytest.mark.parametrize(
    ("path", "left_out", "reason"),
    [
        ("shop/vendor/six.py", "shop/vendor/", Reason.VENDORED),
        ("shop/_vendor/six.py", "shop/_vendor/", Reason.VENDORED),
        ("third_party/a/b.py", "third_party/", Reason.VENDORED),
        ("shop/thirdparty_files/a/b.py", "shop/thirdparty_files/", Reason.VENDORED),
        ("thirdparty-libs/b.py", "thirdparty-libs/", Reason.VENDORED),
        ("3rdparty/b.py", "3rdparty/", Reason.VENDORED),
        ("shop/_vendored/b.py", "shop/_vendored/", Reason.VENDORED),
        ("shop/extern/__init__.py", "shop/extern/", Reason.VENDORED),
        ("shop/externals/__init__.py", "shop/externals/", Reason.VENDORED),
        ("external/lib/client.py", "external/", Reason.VENDORED),
        ("node_modules/x/gyp.py", "node_modules/", Reason.VENDORED),
        (".venv/lib/a.py", ".venv/", Reason.VENDORED),
        ("build/lib/a.py", "build/", Reason.GENERATED),
        ("shop/orders_pb2.py", "shop/orders_pb2.py", Reason.GENERATED),
        ("shop/orders_pb2_grpc.pyi", "shop/orders_pb2_grpc.pyi", Reason.GENERATED),
        ("shop/migrations/0001_initial.py", "shop/migrations/0001_initial.py", Reason.MIGRATION),
    ],
)
def test_left_out_by_name(tmp_path: Path, path: str, left_out: str, reason: Reason) -> None:
    lay(tmp_path, path, "shop/a.py")
    found = select_files(tmp_path)
    assert found.paths == ("shop/a.py",)
    assert reasons(found) == {left_out: reason}


@pytest.mark.parametrize(
    "path",
    [
        "build/__init__.py",
        "shop/dist/__init__.py",
        "shop/migrations/__init__.py",
        "shop/migrations/helpers.py",
        "shop/vendors.py",
        "shop/vendors/prices.py",
        "shop/external/__init__.py",
        "shop/third_party_logins/a.py",
        "shop/versions/a.py",
        "shop/environment/a.py",
    ],
)
def test_read_although_the_name_is_near(tmp_path: Path, path: str) -> None:
    lay(tmp_path, path)
    assert select_files(tmp_path).paths == (path,)


OURS = "MIT License\n\nCopyright (c) 2021 Corner Shop Ltd.\n"
THEIRS = "BSD License\n\nCopyright 2009-2015 Ada Example and contributors. All rights reserved.\n"


@pytest.mark.parametrize(
    ("licence", "others"),
    [
        (THEIRS, True),
        # One's own parts: the same people, another contract, nobody named at all.
        ("Apache License\n\n(c) Copyright 2024 - present Corner Shop Inc.\n", False),
        ("Enterprise License\n\nCopyright 2024 Somebody Else\n", False),
        ("Copyright [yyyy] [name of copyright owner]\n", False),
        ("Do what you like.\n", False),
    ],
)
def test_a_folder_with_a_licence_of_others(tmp_path: Path, licence: str, others: bool) -> None:
    lay(tmp_path, "shop/a.py", "shop/clock/b.py")
    (tmp_path / "LICENSE").write_text(OURS)
    (tmp_path / "shop/clock/LICENSE.txt").write_text(licence)
    found = select_files(tmp_path)
    assert reasons(found) == ({"shop/clock/": Reason.VENDORED} if others else {})


def test_a_part_that_is_published_by_itself_has_its_own_licence(tmp_path: Path) -> None:
    lay(tmp_path, "clock/b.py", "clock/pyproject.toml")
    (tmp_path / "clock/LICENSE").write_text(THEIRS)
    assert select_files(tmp_path).paths == ("clock/b.py",)


@pytest.mark.parametrize(
    ("head", "others"),
    [
        ("# Vendored from six 1.16.\n", True),
        ('"""Copied verbatim from https://git.example/clock.\n"""\n', True),
        ("# This module was taken from the standard library of 3.12.\n", True),
        ("# This file is an unmodified copy of clock.py.\n", True),
        ("# Prices are copied from the old shop.\n", False),
        ("# Finds vendored folders.\n", False),
        ("x = 1\n# Vendored from six 1.16.\n", False),
    ],
)
def test_a_file_that_says_where_it_was_taken_from(tmp_path: Path, head: str, others: bool) -> None:
    (tmp_path / "a.py").write_text(f"{head}x = 1\n")
    assert reasons(select_files(tmp_path)) == ({"a.py": Reason.VENDORED} if others else {})


def test_folders_of_tools_are_not_even_counted(tmp_path: Path) -> None:
    lay(tmp_path, ".git/hooks/a.py", ".mypy_cache/a.py", "__pycache__/a.py", "a.txt")
    assert select_files(tmp_path) == Selection((), ())


def test_alembic_versions(tmp_path: Path) -> None:
    lay(tmp_path, "db/env.py", "db/versions/3f2a_add.py")
    found = select_files(tmp_path)
    assert found.paths == ("db/env.py",)
    assert reasons(found) == {"db/versions/": Reason.MIGRATION}


def test_an_environment_of_any_name(tmp_path: Path) -> None:
    lay(tmp_path, "env311/pyvenv.cfg", "env311/lib/a.py")
    assert reasons(select_files(tmp_path)) == {"env311/": Reason.VENDORED}


def test_a_submodule(tmp_path: Path) -> None:
    lay(tmp_path, "shop/.git", "shop/a.py")
    assert reasons(select_files(tmp_path)) == {"shop/": Reason.SUBMODULE}


def test_links_are_not_followed(tmp_path: Path) -> None:
    lay(tmp_path, "a.py", "real/b.py")
    (tmp_path / "c.py").symlink_to("a.py")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "notes.txt").symlink_to("a.py")
    found = select_files(tmp_path)
    assert found.paths == ("a.py", "real/b.py")
    assert reasons(found) == {"c.py": Reason.SYMLINK, "link": Reason.SYMLINK}
    assert reasons(select_files(tmp_path, ["c.py"])) == {"c.py": Reason.SYMLINK}


def test_gitignore_of_every_folder_the_deepest_decides(tmp_path: Path) -> None:
    lay(tmp_path, "a.py", "b.py", "shop/b.py", "shop/c.py", "shop/out/d.py", "out/e.py")
    (tmp_path / ".gitignore").write_text("# ours\nb.py\n/out/\n")
    (tmp_path / "shop/.gitignore").write_text("!b.py\nc.py\n")
    found = select_files(tmp_path)
    assert found.paths == ("a.py", "shop/b.py", "shop/out/d.py")
    assert reasons(found) == dict.fromkeys(("b.py", "out/", "shop/c.py"), Reason.IGNORED)


def test_what_is_in_an_ignored_folder_cannot_come_back(tmp_path: Path) -> None:
    lay(tmp_path, "out/a.py")
    (tmp_path / ".gitignore").write_text("out/\n!out/a.py\n")
    assert select_files(tmp_path).paths == ()


def test_the_rules_that_only_this_clone_has(tmp_path: Path) -> None:
    lay(tmp_path, ".git/info/x", "a.py", "b.py")
    (tmp_path / ".git/info/exclude").write_text("b.py\n")
    assert select_files(tmp_path).paths == ("a.py",)


def test_exclude(tmp_path: Path) -> None:
    lay(tmp_path, "tests/a.py", "shop/tests/b.py", "shop/c.py", "shop/d_old.py")
    found = select_files(tmp_path, exclude=["/tests", "*_old.py"])
    assert found.paths == ("shop/c.py", "shop/tests/b.py")
    assert reasons(found) == {"shop/d_old.py": Reason.EXCLUDED, "tests/": Reason.EXCLUDED}
    with pytest.raises(ValueError, match="'!' is not a pattern"):
        select_files(tmp_path, exclude=["!"])


def test_a_file_that_is_named_is_read_all_the_same(tmp_path: Path) -> None:
    lay(tmp_path, "vendor/a.py", "out/b.py", "c_pb2.py", "script")
    (tmp_path / ".gitignore").write_text("out/\n")
    named = ["vendor/a.py", "out/b.py", "c_pb2.py", "script"]
    assert select_files(tmp_path, named).paths == tuple(sorted(named))
    forced = select_files(tmp_path, named, force_exclude=True)
    assert forced.paths == ("script",)
    assert set(forced.counts.values()) == {1}


def test_a_folder_that_is_named_is_walked_by_the_rules_inside_of_it(tmp_path: Path) -> None:
    lay(tmp_path, "out/a.py", "out/b.py", "out/vendor/c.py", "d.py")
    (tmp_path / ".gitignore").write_text("out/\n")
    (tmp_path / "out/.gitignore").write_text("b.py\n")
    found = select_files(tmp_path, ["out"])
    assert found.paths == ("out/a.py",)
    assert reasons(found) == {"out/b.py": Reason.IGNORED, "out/vendor/": Reason.VENDORED}


def test_rules_above_a_folder_that_is_named_hold_in_it(tmp_path: Path) -> None:
    lay(tmp_path, "shop/a.py", "shop/deep/b.py")
    (tmp_path / ".gitignore").write_text("b.py\n")
    assert select_files(tmp_path, ["shop/deep"]).paths == ()
    assert select_files(tmp_path, ["shop", "shop/a.py"]).paths == ("shop/a.py",)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"^a.py$"):
        select_files(tmp_path, ["a.py"])


@pytest.mark.parametrize(
    "head",
    [
        b"# Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
        b'#!/usr/bin/env python\n"""Automatically generated file.\n\nTo update it, run x.\n"""\n',
        b"# This file is automatically @generated by Poetry.\n",
        b"# This module was autogenerated\n",
        b"\xef\xbb\xbf# do not edit\n",
        b"'''\nDo not modify by hand.\n'''",
    ],
)
def test_generated(head: bytes) -> None:
    assert says_generated(comments_at_top(head))


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b'"""Reads generated files."""\n',
        b'"""Writes code; the code is generated by a template."""\n',
        b'BANNER = "DO NOT EDIT"\n',
        b'"""Ours."""\n\nimport os  # do not edit\n',
    ],
)
def test_not_generated(head: bytes) -> None:
    assert not says_generated(comments_at_top(head))

"""Which file an import names."""

from __future__ import annotations

import pytest

from codemods.project.modules import Modules

MODULES = Modules(
    (
        "app/__init__.py",
        "app/redis.py",
        "app/services/__init__.py",
        "app/services/loader.py",
        "lib.py",
        "notes.txt",
        "package/both.py",
        "package/both/__init__.py",
        "scripts/queue.py",
        "scripts/run.py",
        "src/inner/__init__.py",
        "src/inner/deep.py",
        "src/stubs.pyi",
        "tests/test_a.py",
        "twice/a/core/same.py",
        "twice/b/core/same.py",
        "web/backend/core/__init__.py",
        "web/backend/core/x.py",
        "web/backend/loose/y.py",
        "web/backend/main.py",
    )
)


@pytest.mark.parametrize(
    ("module", "importer"),
    [
        ("redis", "app/services/loader.py"),  # the installed one: app is a package
        ("redis", "app/redis.py"),
        ("queue", "lib.py"),  # the standard library's
        ("queue", "tests/test_a.py"),
        ("notes", "lib.py"),
        ("missing", "lib.py"),
        ("app.missing", "lib.py"),
        ("core.same", "lib.py"),  # two fit
        ("x", "web/backend/main.py"),
        ("main", "tests/test_a.py"),  # one word fits by accident too easily
        ("services", "lib.py"),
    ],
)
def test_not_of_the_project(module: str, importer: str) -> None:
    assert MODULES.place(module, importer) is None


@pytest.mark.parametrize(
    ("module", "importer", "path"),
    [
        ("app.services.loader", "web/backend/core/x.py", "app/services/loader.py"),
        ("app", "lib.py", "app/__init__.py"),
        ("lib", "web/backend/main.py", "lib.py"),
        ("core.x", "web/backend/main.py", "web/backend/core/x.py"),
        ("core.x", "web/backend/core/__init__.py", "web/backend/core/x.py"),
        ("core.x", "tests/test_a.py", "web/backend/core/x.py"),
        ("loose.y", "web/backend/main.py", "web/backend/loose/y.py"),
        ("main", "web/backend/loose/y.py", "web/backend/main.py"),
        ("services.loader", "app/redis.py", "app/services/loader.py"),
        ("inner.deep", "tests/test_a.py", "src/inner/deep.py"),
        ("stubs", "src/inner/deep.py", "src/stubs.pyi"),
        ("queue", "scripts/run.py", "scripts/queue.py"),
        ("package.both", "lib.py", "package/both/__init__.py"),
    ],
)
def test_found(module: str, importer: str, path: str) -> None:
    place = MODULES.place(module, importer)
    assert place is not None
    assert MODULES.file_at(place) == path


def test_namespace_package_has_no_file() -> None:
    place = MODULES.place("loose", "web/backend/main.py")
    assert place == "web/backend/loose"
    assert MODULES.file_at(place) is None


@pytest.mark.parametrize(
    ("importer", "level", "module", "place"),
    [
        ("lib.py", 2, "x", None),
        ("app/services/loader.py", 1, None, "app/services"),
        ("app/services/loader.py", 1, "other", "app/services/other"),
        ("app/services/__init__.py", 2, "redis", "app/redis"),
        ("lib.py", 1, "app", "app"),
    ],
)
def test_relative(importer: str, level: int, module: str | None, place: str | None) -> None:
    assert MODULES.relative(importer, level, module) == place


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("app/services/loader.py", "app.services.loader"),
        ("app/services/__init__.py", "app.services"),
        ("web/backend/core/x.py", "core.x"),
        ("web/backend/loose/y.py", "y"),
        ("src/inner/__init__.py", "inner"),
        ("lib.py", "lib"),
    ],
)
def test_names(path: str, name: str) -> None:
    assert MODULES.name(path) == name

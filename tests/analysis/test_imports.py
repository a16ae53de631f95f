"""Imports that lead from file to file."""

from __future__ import annotations

import ast

from codemods.analysis.names.index import index_of
from codemods.project.files import MemoryFiles
from codemods.project.project import Project


def test_a_package_that_imports_all_of_its_modules_is_walked_once() -> None:
    # Each module asks the package for a name, and the package asks each of its modules: every
    # order of sixteen modules would take longer than anybody waits.
    names = [f"part_{number}" for number in range(16)]
    files = {f"pkg/{name}.py": b"from pkg import base\n" for name in names}
    files["pkg/base.py"] = b"class Base:\n    pass\n"
    files["pkg/__init__.py"] = "".join(f"from pkg.{name} import *\n" for name in names).encode()
    files["app.py"] = b"from pkg import base\n\nfound = base.Base()\n"
    project = Project(MemoryFiles(files))
    source = project.source("app.py")
    assignment = source.tree.of(ast.Assign)[0]
    assert index_of(project).type_of(source, assignment.value) == "pkg.base.Base"

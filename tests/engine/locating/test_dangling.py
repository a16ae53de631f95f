"""A name that a file still uses and nothing in it binds is gone."""

from __future__ import annotations

import pytest

from codemods.engine.locating.dangling import dangling, only_imported
from codemods.engine.locating.locate import locate
from codemods.engine.locating.outline import Outline
from tests.engine.locating.jobs import attempts
from tests.engine.reported import at, field, finding, project


class TestNamesThatAreLeft:
    def test_a_caller_is_no_sign_of_life(self) -> None:
        files = {"a.py": "def prepare(path):\n    x = 1\n    y = 2\n    return back_up(path)\n"}
        said = finding(
            "`back_up` copies too little", [at("a.py", (1, 1))], field("description", "`path`.")
        )
        assert "no longer in a.py" in attempts(locate(said, project(files), None))

    @pytest.mark.parametrize(
        "source",
        [
            "from base import backup\n\ndef prepare(path):\n    return backup(path)\n",
            "from base import *\n\ndef prepare(path):\n    return backup(path)\n",
            "def prepare(path, backup):\n    return backup(path)\n",
            "class A(Base):\n    def prepare(self, path):\n        return self.backup(path)\n",
            "class A:\n    def prepare(self, path):\n        return self.store.backup(path)\n",
            "class A:\n    backup = 1\n    def prepare(self):\n        return self.backup\n",
            "class A:\n    def __getattr__(self, name):\n        return self.backup\n",
        ],
    )
    def test_what_is_bound_or_may_be_is_there(self, source: str) -> None:
        outline = Outline(project({"a.py": source}).source("a.py"))
        assert not dangling(outline, "backup")

    @pytest.mark.parametrize(
        "source",
        [
            "def prepare(path):\n    return backup(path)\n",
            "class A:\n    def prepare(self, path):\n        return self.backup(path)\n",
            "class B:\n    pass\n\nclass A(B):\n    def f(self):\n        self.backup()\n",
            "class A(object):\n    def f(self):\n        self.backup()\n",
        ],
    )
    def test_what_nothing_binds_is_gone(self, source: str) -> None:
        outline = Outline(project({"a.py": source}).source("a.py"))
        assert dangling(outline, "backup")
        assert not dangling(outline, "absent")

    def test_only_imported(self) -> None:
        source = "from web import FileResponse\nfrom web import Request\n\nx = Request\n"
        outline = Outline(project({"a.py": source}).source("a.py"))
        assert only_imported(outline, "FileResponse")
        assert not only_imported(outline, "Request")
        assert not only_imported(outline, "absent")

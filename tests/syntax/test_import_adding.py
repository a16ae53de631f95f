"""Adding an import where the file itself would have written it."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import pytest

from codemods.syntax.imports import add_import
from codemods.syntax.tree import Tree


def added(
    before: str, module: str, name: str | None = None, *, newline: str = "\n", length: int = 88
) -> str | None:
    """The text after ``add_import``; checks what must hold for every file."""
    utf8 = before.encode()
    edit = add_import(
        utf8, Tree(ast.parse(before)), module, name, newline.encode(), line_length=length
    )
    if edit is None:
        return None
    span, new = edit
    after = (utf8[: span.start] + new + utf8[span.end :]).decode()
    bound = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(after))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert (name or module) in bound
    assert after.endswith("\n") is (before.endswith("\n") or not before)
    again = after.encode()
    assert add_import(again, Tree(ast.parse(after)), module, name, b"\n") is None
    # Nothing that was there is lost or moved: the old text is the new one without the addition.
    rest = iter(after)
    if "(" in before or "\\" in before or "(" not in after:
        assert all(any(new == old for new in rest) for old in before)
    return after


THERE = {
    "module": ("import os", "os", None),
    "submodule": ("import os.path", "os", None),
    "submodule itself": ("import os.path", "os.path", None),
    "among others": ("import sys, os", "os", None),
    "name": ("from a import b, c", "a", "c"),
    "name in a list": ("from a import (\n    b,\n    c,\n)", "a", "c"),
    "name as itself": ("from a import b as b", "a", "b"),
    "relative": ("from ..a import b", "..a", "b"),
    "in a try for an optional package": (
        "try:\n    from a import b\nexcept ImportError:\n    OK = False",
        "a",
        "b",
    ),
    "in both branches": ("if a:\n    import os\nelse:\n    import os", "os", None),
}


@pytest.mark.parametrize(("before", "module", "name"), THERE.values(), ids=THERE.keys())
def test_nothing_to_do(before: str, module: str, name: str | None) -> None:
    assert added(before, module, name) is None


NOT_THERE = {
    "alias": ("import asyncio as aio\n", "import asyncio\nimport asyncio as aio\n"),
    "for types": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import asyncio\n",
        "import asyncio\nfrom typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    import asyncio\n",
    ),
    "in a function": (
        "import zlib\n\ndef f():\n    import asyncio\n",
        "import asyncio\nimport zlib\n\ndef f():\n    import asyncio\n",
    ),
    "in a branch": ("if a:\n    import asyncio\n", "import asyncio\n\nif a:\n    import asyncio\n"),
    "star": ("from asyncio import *\n", "import asyncio\nfrom asyncio import *\n"),
    "below a try": (
        "try:\n    import a\nexcept ImportError:\n    a = None\n",
        "import asyncio\n\ntry:\n    import a\nexcept ImportError:\n    a = None\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), NOT_THERE.values(), ids=NOT_THERE.keys())
def test_an_import_that_does_not_count(before: str, after: str) -> None:
    assert added(before, "asyncio") == after


MODULES = {
    "empty file": ("", "import asyncio\n"),
    "sorted, first": ("import os\nimport sys\n", "import asyncio\nimport os\nimport sys\n"),
    "sorted, between": ("import abc\nimport sys\n", "import abc\nimport asyncio\nimport sys\n"),
    "sorted, last": ("import abc\nimport ast\n", "import abc\nimport ast\nimport asyncio\n"),
    "unsorted": (
        "import sys\nimport abc\n\nx = 1\n",
        "import sys\nimport abc\nimport asyncio\n\nx = 1\n",
    ),
    "before from": ("from abc import ABC\n", "import asyncio\nfrom abc import ABC\n"),
    "behind from where the file does so": (
        "from abc import ABC\nimport ast\n",
        "from abc import ABC\nimport ast\nimport asyncio\n",
    ),
    "mixed and sorted": (
        "import abc\nfrom ast import parse\nimport sys\n",
        "import abc\nfrom ast import parse\nimport asyncio\nimport sys\n",
    ),
    "section before third parties": (
        '"""Doc."""\n\nimport numpy\n',
        '"""Doc."""\n\nimport asyncio\n\nimport numpy\n',
    ),
    "section of its own exists": (
        "import os\n\nimport numpy\n\nfrom . import a\n",
        "import asyncio\nimport os\n\nimport numpy\n\nfrom . import a\n",
    ),
    "no sections": (
        "import numpy\nimport os\nimport pandas\n",
        "import numpy\nimport asyncio\nimport os\nimport pandas\n",
    ),
    "docstring only": ('"""Doc."""\n', '"""Doc."""\n\nimport asyncio\n'),
    "docstring and code": (
        '"""Doc."""\n\nx = 1\n',
        '"""Doc."""\n\nimport asyncio\n\nx = 1\n',
    ),
    "docstring that touches code": (
        '"""Doc."""\nx = 1\n',
        '"""Doc."""\n\nimport asyncio\n\nx = 1\n',
    ),
    "docstring of many lines": (
        '"""Doc.\n\nMore.\n"""\n\n\nx = 1\n',
        '"""Doc.\n\nMore.\n"""\n\nimport asyncio\n\nx = 1\n',
    ),
    "docstring and definition": (
        '"""Doc."""\n\n\ndef f(): pass\n',
        '"""Doc."""\n\nimport asyncio\n\n\ndef f(): pass\n',
    ),
    "docstring close to a definition": (
        '"""Doc."""\n\nclass A: pass\n',
        '"""Doc."""\n\nimport asyncio\n\n\nclass A: pass\n',
    ),
    "docstring far from a definition": (
        '"""Doc."""\n\n\n\nclass A: pass\n',
        '"""Doc."""\n\nimport asyncio\n\n\nclass A: pass\n',
    ),
    "definition with a comment": (
        '"""Doc."""\n\n# About A.\nclass A: pass\n',
        '"""Doc."""\n\nimport asyncio\n\n\n# About A.\nclass A: pass\n',
    ),
    "code only": ("x = 1\n", "import asyncio\n\nx = 1\n"),
    "definition only": ("def f(): pass\n", "import asyncio\n\n\ndef f(): pass\n"),
    "decorated definition": ("@a\ndef f(): pass\n", "import asyncio\n\n\n@a\ndef f(): pass\n"),
    "comment of the code": ("# About x.\nx = 1\n", "import asyncio\n\n# About x.\nx = 1\n"),
    "future": (
        "from __future__ import annotations\n\nx = 1\n",
        "from __future__ import annotations\n\nimport asyncio\n\nx = 1\n",
    ),
    "docstring and future": (
        '"""Doc."""\nfrom __future__ import annotations\nx = 1\n',
        '"""Doc."""\nfrom __future__ import annotations\n\nimport asyncio\n\nx = 1\n',
    ),
    "future and others": (
        "from __future__ import annotations\n\nimport os\n",
        "from __future__ import annotations\n\nimport asyncio\nimport os\n",
    ),
    "shebang and cookie": (
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nx = 1\n",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\nimport asyncio\n\nx = 1\n",
    ),
    "licence": (
        "# Copyright us\n# All rights reserved\n\nx = 1\n",
        "# Copyright us\n# All rights reserved\n\nimport asyncio\n\nx = 1\n",
    ),
    "licence that touches code": (
        "# Copyright us\n# and others\nx = 1\n",
        "# Copyright us\n# and others\n\nimport asyncio\n\nx = 1\n",
    ),
    "licence below the docstring": (
        '"""All of it."""\n\n# Copyright us\n# and others\nimport os\n',
        '"""All of it."""\n\n# Copyright us\n# and others\nimport asyncio\nimport os\n',
    ),
    "licence below the docstring, before other imports": (
        '"""All of it."""\n\n# Copyright us\nimport numpy\n',
        '"""All of it."""\n\n# Copyright us\nimport asyncio\n\nimport numpy\n',
    ),
    "comment of the first import": (
        '"""All of it."""\n\n# for the paths\nimport os\n',
        '"""All of it."""\n\nimport asyncio\n# for the paths\nimport os\n',
    ),
    "licence that touches imports": (
        "# Copyright us\nimport os\n",
        "# Copyright us\nimport asyncio\nimport os\n",
    ),
    "comment only": ("# Nothing here.\n", "# Nothing here.\n\nimport asyncio\n"),
    "heading of the section": (
        '"""Doc."""\n\n# Standard library\nimport os\n',
        '"""Doc."""\n\n# Standard library\nimport asyncio\nimport os\n',
    ),
    "heading of the next section": (
        '"""Doc."""\n\n# Third-party imports\nimport numpy\n',
        '"""Doc."""\n\nimport asyncio\n\n# Third-party imports\nimport numpy\n',
    ),
    "directive": (
        "# fmt: off\nimport os\n",
        "# fmt: off\nimport asyncio\nimport os\n",
    ),
    "directive below a docstring": (
        '"""Doc."""\n\n# isort: off\nimport os\n',
        '"""Doc."""\n\n# isort: off\nimport asyncio\nimport os\n',
    ),
    "comment of one import": (
        '"""Doc."""\n\n# Wanted for its side effect.\nimport os\n',
        '"""Doc."""\n\nimport asyncio\n# Wanted for its side effect.\nimport os\n',
    ),
    "comment of one import between": (
        "import abc\n# Wanted for its side effect.\nimport os\n",
        "import abc\nimport asyncio\n# Wanted for its side effect.\nimport os\n",
    ),
    "trailing comment": (
        "import abc  # for ABC\nimport os\n",
        "import abc  # for ABC\nimport asyncio\nimport os\n",
    ),
    "semicolon": ("import abc; import ast\n", "import abc; import ast\nimport asyncio\n"),
    "no final newline": ("import abc", "import abc\nimport asyncio"),
    "after a path hack": (
        "import sys\n\nsys.path.insert(0, '.')\n\nimport numpy\n",
        "import asyncio\nimport sys\n\nsys.path.insert(0, '.')\n\nimport numpy\n",
    ),
    "imports below definitions": (
        "def f(): pass\n\nimport os\n",
        "import asyncio\n\n\ndef f(): pass\n\nimport os\n",
    ),
    "not in the try": (
        "import abc\n\ntry:\n    import ujson\nexcept ImportError:\n    ujson = None\n",
        "import abc\nimport asyncio\n\ntry:\n    import ujson\n"
        "except ImportError:\n    ujson = None\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), MODULES.values(), ids=MODULES.keys())
def test_a_module(before: str, after: str) -> None:
    assert added(before, "asyncio") == after


FROM = {
    "sorted": ("from a import b, d\n", "from a import b, c, d\n"),
    "sorted, first": ("from a import d, e\n", "from a import c, d, e\n"),
    "sorted, last": ("from a import a, b\n", "from a import a, b, c\n"),
    "unsorted": ("from a import d, b\n", "from a import d, b, c\n"),
    "classes first": ("from a import Z, d\n", "from a import Z, c, d\n"),
    "trailing comment": ("from a import b  # why\n", "from a import b, c  # why\n"),
    "parentheses": ("from a import (b, d)\n", "from a import (b, c, d)\n"),
    "parentheses, trailing comma": ("from a import (a, b,)\n", "from a import (a, b, c,)\n"),
    "one a line": (
        "from a import (\n    b,\n    d,\n)\n",
        "from a import (\n    b,\n    c,\n    d,\n)\n",
    ),
    "one a line, first": (
        "from a import (  # why\n    d,\n    e,\n)\n",
        "from a import (  # why\n    c,\n    d,\n    e,\n)\n",
    ),
    "one a line, last": (
        "from a import (\n    a,\n    b,  # why\n)\n",
        "from a import (\n    a,\n    b,  # why\n    c,\n)\n",
    ),
    "one a line, last, no comma": (
        "from a import (\n    a,\n    b  # why\n)\n",
        "from a import (\n    a,\n    b,  # why\n    c\n)\n",
    ),
    "one a line, last, parenthesis there": (
        "from a import (\n    a,\n    b)\n",
        "from a import (\n    a,\n    b,\n    c)\n",
    ),
    "one a line, comment above": (
        "from a import (\n    b,\n    # About d.\n    d,\n)\n",
        "from a import (\n    b,\n    c,\n    # About d.\n    d,\n)\n",
    ),
    "several a line": (
        "from a import (a, b,\n               d, e)\n",
        "from a import (a, b,\n               c, d, e)\n",
    ),
    "backslash": ("from a import b, \\\n    d\n", "from a import b, \\\n    c, d\n"),
    "semicolon": ("from a import b; x = 1\n", "from a import b, c; x = 1\n"),
    "rather without noqa": (
        "from a import b  # noqa: F401\nfrom a import x, y, z\n",
        "from a import b  # noqa: F401\nfrom a import c, x, y, z\n",
    ),
    "star": ("from a import *  # noqa\n", "from a import *  # noqa\nfrom a import c\n"),
    "alias alone": ("from a import b as x\n", "from a import b as x\nfrom a import c\n"),
    "alias among others": ("from a import b as x, d\n", "from a import b as x, c, d\n"),
    "under TYPE_CHECKING": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from a import b\n",
        "from typing import TYPE_CHECKING\n\nfrom a import c\n\n"
        "if TYPE_CHECKING:\n    from a import b\n",
    ),
    "in a function": (
        "def f():\n    from a import b\n",
        "from a import c\n\n\ndef f():\n    from a import b\n",
    ),
    "in the try of an optional package": (
        "try:\n    from a import b\nexcept ImportError:\n    b = None\n",
        "try:\n    from a import b, c\nexcept ImportError:\n    b = None\n",
    ),
    "in a branch": (
        "if new:\n    from a import b\nelse:\n    from x import b\n",
        "from a import c\n\nif new:\n    from a import b\nelse:\n    from x import b\n",
    ),
    "statements with alias": (
        "from a import d\nfrom b import x as y\nfrom b import z as w\n",
        "from a import c, d\nfrom b import x as y\nfrom b import z as w\n",
    ),
    "one name a statement": (
        "from a import b\nfrom a import d\n",
        "from a import b\nfrom a import c\nfrom a import d\n",
    ),
    "the same package": (
        "import os\n\nimport numpy\n\nimport a.x\nimport b\n",
        "import os\n\nimport numpy\n\nimport a.x\nimport b\nfrom a import c\n",
    ),
    "third party between": (
        "import os\n\nfrom . import x\n",
        "import os\n\nfrom a import c\n\nfrom . import x\n",
    ),
    "third party behind": ("import os\n\nx = 1\n", "import os\n\nfrom a import c\n\nx = 1\n"),
    "sorted among modules": (
        "import zlib\n\nfrom Aa import b\nfrom bb import x\n",
        "import zlib\n\nfrom a import c\nfrom Aa import b\nfrom bb import x\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), FROM.values(), ids=FROM.keys())
def test_a_name(before: str, after: str) -> None:
    assert added(before, "a", "c") == after


ALIASED = {
    "a plain import beside it": (
        "import numpy\nimport zlib_ng\n",
        ("numpy", None, "np"),
        "import numpy\nimport numpy as np\nimport zlib_ng\n",
    ),
    "sorted": (
        "import os\n\nimport matplotlib\nimport scipy\n",
        ("numpy", None, "np"),
        "import os\n\nimport matplotlib\nimport numpy as np\nimport scipy\n",
    ),
    "among other names of the module": (
        "import numpy as a\nimport numpy as z\n",
        ("numpy", None, "np"),
        "import numpy as a\nimport numpy as np\nimport numpy as z\n",
    ),
    "a submodule under that name is another thing": (
        "import numpy.fft as fft\n",
        ("numpy", None, "np"),
        "import numpy as np\nimport numpy.fft as fft\n",
    ),
    "a name has a statement of its own": (
        "from a import b\nfrom d import e\n",
        ("a", "c", "x"),
        "from a import b\nfrom a import c as x\nfrom d import e\n",
    ),
    "unless such names stand among others": (
        "from a import b, d as y\n",
        ("a", "c", "x"),
        "from a import b, c as x, d as y\n",
    ),
    "no import at all": ("x = 1\n", ("numpy", None, "np"), "import numpy as np\n\nx = 1\n"),
}


@pytest.mark.parametrize(("before", "wanted", "after"), ALIASED.values(), ids=ALIASED.keys())
def test_under_another_name(before: str, wanted: tuple[str, str | None, str], after: str) -> None:
    module, name, alias = wanted
    utf8 = before.encode()
    edit = add_import(utf8, Tree(ast.parse(before)), module, name, b"\n", alias=alias)
    assert edit is not None
    span, new = edit
    changed = utf8[: span.start] + new + utf8[span.end :]
    assert changed.decode() == after
    again = add_import(changed, Tree(ast.parse(after)), module, name, b"\n", alias=alias)
    assert again is None


@pytest.mark.parametrize(
    ("before", "module", "name"),
    [
        ("import numpy as np\n", "numpy", None),
        ("import os, numpy as np\n", "numpy", None),
        ("from numpy import fft as np\n", "numpy", "fft"),
        ("try:\n    import numpy as np\nexcept ImportError:\n    OK = False\n", "numpy", None),
    ],
)
def test_nothing_to_do_where_the_alias_is_bound(before: str, module: str, name: str | None) -> None:
    assert (
        add_import(before.encode(), Tree(ast.parse(before)), module, name, b"\n", alias="np")
        is None
    )


def test_a_relative_import_goes_last_and_joins_its_own() -> None:
    assert (
        added("import os\n\nimport a\n", ".m", "x") == "import os\n\nimport a\n\nfrom .m import x\n"
    )
    assert added("from .m import y\n", ".m", "x") == "from .m import x, y\n"
    assert added("from m import y\n", ".m", "x") == "from m import y\n\nfrom .m import x\n"
    assert added("from .. import y\n", ".", "x") == "from .. import y\nfrom . import x\n"


def test_first_party_has_a_section_when_told() -> None:
    before = "import os\n\nimport own\n"
    edit = add_import(
        before.encode(), Tree(ast.parse(before)), "a", "c", b"\n", first_party=("own",)
    )
    assert edit is not None
    span, new = edit
    assert before[: span.start] + new.decode() + before[span.end :] == (
        "import os\n\nfrom a import c\n\nimport own\n"
    )


def test_a_long_line_is_wrapped_with_one_name_a_line() -> None:
    assert added("from a import bbbb, dddd  # why\n", "a", "cccc", length=25) == (
        "from a import (\n    bbbb,\n    cccc,\n    dddd,\n)  # why\n"
    )
    assert added("try:\n    from a import b as x, d\nfinally: pass\n", "a", "c", length=28) == (
        "try:\n    from a import (\n        b as x,\n        c,\n        d,\n    )\nfinally: pass\n"
    )
    assert added("x = 1\n", "aaaa", "cccc", length=20) == (
        "from aaaa import (\n    cccc,\n)\n\nx = 1\n"
    )


def test_a_line_at_the_limit_stays() -> None:
    assert added("from a import b\n", "a", "c", length=18) == "from a import b, c\n"


def test_a_line_that_was_too_long_before_stays_one() -> None:
    assert added("from a import b, ddddd\n", "a", "c", length=20) == "from a import b, c, ddddd\n"


def test_a_long_row_of_several_gets_another_row() -> None:
    assert added("from a import aaa, \\\n    bbb\n", "a", "ccc", length=10) == (
        "from a import aaa, \\\n    bbb, \\\n    ccc\n"
    )
    assert added("from a import (aaa, bbb,\n               ddd)\n", "a", "ccc", length=21) == (
        "from a import (aaa, bbb,\n               ccc,\n               ddd)\n"
    )


@pytest.mark.parametrize("name", MODULES.keys())
def test_windows_newlines(name: str) -> None:
    before, after = (text.replace("\n", "\r\n") for text in MODULES[name])
    if before:
        assert added(before, "asyncio", newline="\r\n") == after


@pytest.mark.parametrize("name", FROM.keys())
def test_windows_newlines_in_lists(name: str) -> None:
    before, after = (text.replace("\n", "\r\n") for text in FROM[name])
    assert added(before, "a", "c", newline="\r\n") == after


def test_order_of_adding_makes_no_difference_in_a_sorted_file() -> None:
    start = "import abc\n\nimport numpy\n"
    wanted = [("asyncio", None), ("logging", None), ("typing", "Any"), ("sqlalchemy.orm", "load")]
    results = set()
    for order in itertools.permutations(wanted):
        text = start
        for module, name in order:
            text = added(text, module, name) or text
        results.add(text)
    assert results == {
        "import abc\nimport asyncio\nimport logging\nfrom typing import Any\n\n"
        "import numpy\nfrom sqlalchemy.orm import load\n"
    }


OWN_FILES = sorted(Path(__file__).parents[2].glob("codemods/**/*.py"))


@pytest.mark.slow
@pytest.mark.parametrize(("module", "name"), [("asyncio", None), ("sqlalchemy.orm", "load")])
def test_our_own_files(module: str, name: str | None) -> None:
    assert OWN_FILES
    for path in OWN_FILES:
        text = path.read_bytes().decode()
        after = added(text, module, name)
        assert after is None or len(after) > len(text)

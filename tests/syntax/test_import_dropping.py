"""Taking a name out of the import that binds it."""

from __future__ import annotations

import ast

import pytest

from codemods.syntax.imports import drop_import
from codemods.syntax.tree import Tree


def dropped(before: str, name: str = "x", newline: str = "\n") -> str | None:
    utf8 = before.encode()
    edit = drop_import(utf8, Tree(ast.parse(before)), name, newline.encode())
    if edit is None:
        return None
    span, new = edit
    after = (utf8[: span.start] + new + utf8[span.end :]).decode()
    ast.parse(after)
    assert before.count("#") == after.count("#")
    return after


STAYS = {
    "not imported": "x = 1\n",
    "in a function": "def f():\n    import x\n",
    "twice": "import x\nimport x\n",
    "alternatives": "try:\n    from a import x\nexcept ImportError:\n    from b import x\n",
    "alone in a try": "try:\n    import x\nexcept ImportError:\n    pass\n",
    "alone in an if": "if a:\n    import x\n",
    "alone in an else": "if a:\n    pass\nelse:\n    import x\n",
    "noqa": "import x  # noqa\n",
    "noqa of a list": "from a import x, y  # noqa: F401\n",
    "noqa of a name": "from a import (\n    x,  # noqa\n    y,\n)\n",
    "noqa at the parenthesis": "from a import (  # noqa\n    x,\n    y,\n)\n",
    "comment of the line": "import x  # why\n",
    "comment of the name": "from a import (\n    x,  # why\n    y,\n)\n",
    "semicolon behind": "import x; a = 1\n",
    "semicolon before": "a = 1; import x\n",
    "exported as itself": "import x as x\n",
    "exported as itself from": "from a import x as x, y\n",
    "star": "from x import *\n",
    "other name": "import a as b\n",
    "comment inside": "from a import (  # why\n    x,\n)\n",
}


@pytest.mark.parametrize("before", STAYS.values(), ids=STAYS.keys())
def test_the_import_stays(before: str) -> None:
    assert dropped(before) is None


GOES = {
    "line": ("import x\nimport y\n", "import y\n"),
    "last line": ("import y\nimport x\n", "import y\n"),
    "last line without newline": ("import y\nimport x", "import y"),
    "all there is": ("import x\n", ""),
    "alias": ("import a as x\nimport y\n", "import y\n"),
    "from": ("from a import x\nimport y\n", "import y\n"),
    "submodule": ("import x.y\nimport z\n", "import z\n"),
    "section": ("import a\n\nimport x\n\nimport b\n", "import a\n\nimport b\n"),
    "last section": ("import a\n\nimport x\n\n\ny = 1\n", "import a\n\n\ny = 1\n"),
    "first of the file": ("import x\n\ny = 1\n", "y = 1\n"),
    "behind a docstring": ('"""Doc."""\n\nimport x\n\ny = 1\n', '"""Doc."""\n\ny = 1\n'),
    "first name": ("from a import x, y\n", "from a import y\n"),
    "name between": ("from a import b, x, y\n", "from a import b, y\n"),
    "last name": ("from a import b, x\n", "from a import b\n"),
    "last name, comment": ("from a import b, x  # why\n", "from a import b  # why\n"),
    "name with alias": ("from a import b, c as x\n", "from a import b\n"),
    "plain list": ("import a, x, b\n", "import a, b\n"),
    "name and semicolon": ("from a import b, x; c = 1\n", "from a import b; c = 1\n"),
    "parentheses": ("from a import (b, x)\n", "from a import (b)\n"),
    "trailing comma": ("from a import (b, x,)\n", "from a import (b,)\n"),
    "one a line": (
        "from a import (\n    b,\n    x,\n    y,\n)\n",
        "from a import (\n    b,\n    y,\n)\n",
    ),
    "one a line, first": ("from a import (\n    x,\n    y,\n)\n", "from a import (\n    y,\n)\n"),
    "one a line, last, no comma": (
        "from a import (\n    b,\n    x\n)\n",
        "from a import (\n    b,\n)\n",
    ),
    "parenthesis behind": ("from a import (\n    b,\n    x)\n", "from a import (\n    b)\n"),
    "first beside the parenthesis": (
        "from a import (x,\n               y)\n",
        "from a import (y)\n",
    ),
    "end of a row": (
        "from a import (b, x,\n               y)\n",
        "from a import (b,\n               y)\n",
    ),
    "start of a row": (
        "from a import (b,\n               x, y)\n",
        "from a import (b,\n               y)\n",
    ),
    "backslash, last": ("from a import b, \\\n    x\n", "from a import b\n"),
    "backslash, between": (
        "from a import b, \\\n    x, \\\n    y\n",
        "from a import b, \\\n    y\n",
    ),
    "whole list": ("from a import (\n    x,\n)\nimport y\n", "import y\n"),
    "comment of another name": (
        "from a import (\n    b,  # why\n    x,\n)\n",
        "from a import (\n    b,  # why\n)\n",
    ),
    "in a try, beside others": (
        "try:\n    import x\n    import y\nexcept ImportError:\n    pass\n",
        "try:\n    import y\nexcept ImportError:\n    pass\n",
    ),
    "local of a function stays": (
        "import x\nimport y\ndef f():\n    import x\n",
        "import y\ndef f():\n    import x\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), GOES.values(), ids=GOES.keys())
def test_the_name_goes(before: str, after: str) -> None:
    assert dropped(before) == after


@pytest.mark.parametrize("name", GOES.keys())
def test_windows_newlines(name: str) -> None:
    before, after = (text.replace("\n", "\r\n") for text in GOES[name])
    assert dropped(before, newline="\r\n") == after

"""What is never parsed for a codemod: only where a scan surely has nothing to say."""

from __future__ import annotations

import pytest

from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.transforms import catalogue

NEEDLESS = {
    "raise-from": [
        "try:\n    f()\nexcept A as e:\n    raise B('no') from e\n",
        "try:\n    f()\nexcept A:\n    raise B(\n        'a (', x[1]\n    ) from None\n",
        "try:\n    f()\nexcept A:\n    # we raise nothing here\n    pass\n",
        "try:\n    f()\nexcept A as e:\n    if x: raise B from e.cause\n",
    ],
    "close-resource": [
        "with open(path) as file:\n    pass\n",
        "with io.open(str(path), mode='(') as file:\n    pass\n",
        "with ZipFile(path):\n    pass\n",
        "if door.is_open():\n    urlopen(it)\n",
    ],
    "aware-utc": [
        "import app.dates as dt_util\ndt_util.utcnow()\n",
        "from datetime import datetime as d\ndates.utcnow()\n",
        "def utcnow():\n    pass\n",
    ],
    "keep-task": ["hass.async_create_task(work())\n", "self._ensure_futures()\n"],
    "snapshot-iteration": [
        # Nothing else changes a variable of a function.
        "async def f():\n    for x in items:\n        await x()\n    items.remove(1)\n",
        "for x in list(self.items):\n    self.items.remove(x)\n",
        "for x in self.items:\n    self.items.append(x)\n",
        "for x in self.items:\n    self.show(x)\nself.items.append(1)\n",
    ],
}
NEEDED = {
    "raise-from": [
        "try:\n    f()\nexcept A:\n    raise B('it is from x')\n",
        "try:\n    f()\nexcept A:\n    raise B('x')  # from e\n",
        "try:\n    f()\nexcept A:\n    raise B('''\n        from e\n''')\n",
        "try:\n    f()\nexcept A:\n    raise B(')',\n        'from e')\n",
        "try:\n    f()\nexcept A: raise B\n",
        "try:\n    f()\nexcept A:\n    x = 1; raise B(x)\n",
        "try:\n    f()\nexcept A as e:\n    raise B \\\n        (from_e)\n",
        "try:\n    f()\nexcept A:\n    raise B(from_x)\n",
    ],
    "close-resource": [
        "file = open(path)\n",
        "with wrapped(open(path)) as file:\n    pass\n",
        "with open(path).buffer as file:\n    pass\n",
        "with open(os.fdopen(3)) as file:\n    pass\n",
        "with open(path) as one:\n    two = Path(path).open()\n",
        "from zipfile import ZipFile as Z\nx = Z(path)\n",
        "x = (open)(path)\n",
        "x = open \\\n  (path)\n",
    ],
    "aware-utc": [
        "datetime.utcnow()\n",
        "dt.datetime.utcfromtimestamp(1)\n",
        "from datetime import datetime as d\nd.utcnow()\n",
        "from datetime import (\n    datetime  # why\n    as d,\n)\nd.utcnow()\n",
        "(\n    d  # why\n    .utcnow()\n)\n",
        "(d).utcnow()\nimport datetime.datetime as d\n",
    ],
    "keep-task": [
        "from asyncio import create_task as go\ngo(f())\n",
        "self.loop.create_task(f())\n",
        "asyncio.ensure_future(f())\n",
    ],
    "snapshot-iteration": [
        "for x in items:\n    items.remove(x)\n",
        "for x in self.items:\n    self.drop(x)\nself.items.discard(1)\n",
        "for x in self.items:\n    self.drop(x)\ndel self.items[1]\n",
        "async def f():\n    for x in items:\n        await x()\nitems = []\nitems.append(1)\n",
        "if A:\n    items = []\nasync def f():\n    for x in items:\n        await x()\n"
        "    items.append(1)\n",
        "async def f():\n    for x in self.items:\n        await x()\n    self.items.append(1)\n",
        "for x in list(a) + b.c:\n    b.c.remove(x)\n",
        "for x in (\n    self.items\n):\n    self.items.pop(x)\n",
    ],
}


def _wants(name: str, text: str) -> bool:
    source = SourceFile("app/code.py", text.encode())
    return catalogue()[name].wants(Project(MemoryFiles({})), source, {})


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in NEEDED.items() for text in texts]
)
def test_what_may_be_found_is_parsed(name: str, text: str) -> None:
    assert _wants(name, text)


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in NEEDLESS.items() for text in texts]
)
def test_what_surely_holds_nothing_is_not(name: str, text: str) -> None:
    assert not _wants(name, text)

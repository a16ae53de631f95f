"""Queries of Bowler, hosted: what they make is what Bowler makes, and every other byte stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import libcst as cst
import pytest
from bowler import Query

from codemods.bowler.rewriting import HostedQuery
from codemods.bowler.running import run_query
from codemods.project.files import MemoryFiles
from codemods.project.project import Project
from codemods.project.source import SourceError, SourceFile

Make = Callable[..., Any]

CODE = """\
from shop import fetch  # the old one


def fetch(key, retries=3):
    return key


class Cart:
    def total(self):
        # a comment that stays
        return fetch(self.key) + fetch(key="b", retries=2)


print(fetch(
    "c",
))
"""


def rename(*paths: str) -> Any:
    return Query(*paths).select_function("fetch").rename("load")


def add_argument(*paths: str) -> Any:
    return Query(*paths).select_function("fetch").add_argument("timeout", "30")


def modify(*paths: str) -> Any:
    """A pattern of one's own, and a callback that edits its capture."""

    def louder(node: Any, capture: Any, _filename: str) -> None:
        text = capture["text"]
        text.value = text.value.upper()
        text.changed()

    return (
        Query(*paths).select("power< 'fetch' trailer< '(' text=STRING any* ')' > >").modify(louder)
    )


def texts(*paths: str) -> Any:
    def louder(node: Any, capture: Any, _filename: str) -> None:
        node.value = node.value.upper()
        node.changed()

    return Query(*paths).select("STRING").modify(louder)


STAR = b"from shop import *\n"
"""With it any name may be defined."""
QUERIES = [rename, add_argument, modify, texts]


def by_bowler(make: Make, folder: Path, code: str) -> str:
    """What Bowler itself writes."""
    path = folder / "shop.py"
    path.write_text(code, "utf-8")
    query = make(str(path)).write()
    assert query.retcode == 0 and not query.exceptions
    return path.read_text("utf-8")


def hosted(make: Make, data: bytes) -> bytes:
    """What the same query makes here."""
    ran = run_query(Project(MemoryFiles({"shop.py": data})), make(), ["shop.py"])
    assert ran.left == ()
    return (ran.patches[0].after or b"") if ran.patches else data


@pytest.mark.parametrize("make", QUERIES)
def test_it_makes_what_bowler_makes(make: Make, tmp_path: Path) -> None:
    made = by_bowler(make, tmp_path, CODE)
    assert hosted(make, CODE.encode()) == made.encode()
    assert (made == CODE) is (make is modify)


def test_a_callback_of_ones_own_changes_what_its_pattern_captures(tmp_path: Path) -> None:
    code = 'fetch("c")\nfetch(key)\nother("c")\n'
    made = by_bowler(modify, tmp_path, code)
    assert hosted(modify, code.encode()) == made.encode()


@pytest.mark.parametrize("make", [rename, add_argument])
@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_bytes_stay(make: Make, end: str, newline: str, mark: bytes, tmp_path: Path) -> None:
    """Bowler writes CRLF as LF, and with a mark, or without a last newline, nothing at all."""
    made = by_bowler(make, tmp_path, CODE).removesuffix("\n") + end
    before = CODE.removesuffix("\n") + end
    after = hosted(make, mark + before.replace("\n", newline).encode())
    assert after == mark + made.replace("\n", newline).encode()


def test_an_encoding_stays(tmp_path: Path) -> None:
    code = "# coding: latin-1\nfrom shop import *\nfetch('é')  # ü\n"
    assert hosted(rename, code.encode("latin-1")) == code.replace("fetch", "load").encode("latin-1")


def test_a_newline_of_its_own_kind_stays_where_nothing_changes() -> None:
    data = STAR + b"a = 1\r\nfetch(a)\r\nb = 2\r\n"
    assert hosted(rename, data) == STAR + b"a = 1\r\nload(a)\r\nb = 2\r\n"


def test_the_last_line_has_no_newline_and_changes() -> None:
    start = STAR.replace(b"\n", b"\r\n")
    assert hosted(rename, start + b"fetch(a)") == start + b"load(a)"
    assert hosted(rename, STAR + b"fetch(a)") == STAR + b"load(a)"


@pytest.mark.parametrize("data", [b"", b"\n", b"other(1)\n", b"x = 'fetch'\n", b"self.fetch = 1\n"])
def test_what_it_does_not_mean_stays(data: bytes) -> None:
    assert hosted(rename, data) == data


SYNTAX = {
    "match statement": "match fetch:\n    case 1:\n        pass\n",
    "except*": "try:\n    fetch()\nexcept* ValueError:\n    pass\n",
    "PEP 701": "x = f'{fetch('a')}'\n",
    "type parameters": "def fetch[T](a: T) -> T: ...\n",
    "type alias": "type Fetch = int\n",
    "parenthesised with": "with (fetch() as a, b as c):\n    pass\n",
    "positional-only": "def fetch(a, /): ...\n",
    "walrus in a subscript": "x[fetch := 1]\n",
    "decorator expression": "@a[0].b\ndef fetch(): ...\n",
    "star in a subscript": "x[*fetch]\n",
    "attribute exec": "fetch.exec()\n",
}
"""What fissix, as Bowler uses it, cannot parse."""
READ = {
    "async": "async def fetch():\n    await fetch()\n",
    "walrus": "if (n := fetch()) > 1:\n    pass\n",
    "union": "def fetch(a: dict | None = None): ...\n",
    "f-string": "print(f'{a:>{4}}', fetch())\n",
    "match as a name": "match = fetch(case)\n",
    "matmul": "a = fetch() @ b\n",
    "print as a name": "log = print\nfetch()\n",
    "numeric underscores": "fetch(1_000)\n",
}


@pytest.mark.parametrize("code", SYNTAX.values(), ids=SYNTAX)
def test_what_fissix_cannot_parse_is_named(code: str) -> None:
    project = Project(MemoryFiles({"new.py": code.encode(), "old.py": STAR + b"fetch()\n"}))
    ran = run_query(project, rename(), ["new.py", "old.py"])
    (left,) = ran.left
    assert left.path == "new.py"
    assert left.reason.startswith("fissix cannot parse it: line ")
    assert [item.path for item in ran.patches] == ["old.py"]


@pytest.mark.parametrize("code", READ.values(), ids=READ)
def test_what_fissix_parses_is_rewritten(code: str) -> None:
    data = STAR + code.encode()
    assert hosted(rename, data) == data.replace(b"fetch", b"load")


def test_the_matrix_is_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs/bowler.md").read_text("utf-8")
    rows = [line.split("|")[1].strip() for line in page.splitlines() if "| no |" in line]
    assert rows == [*SYNTAX]
    rows = [line.split("|")[1].strip() for line in page.splitlines() if "| yes |" in line]
    assert rows == [*READ]


def test_a_rewrite_that_does_not_compile_is_left() -> None:
    def broken(node: Any, _capture: Any, _filename: str) -> None:
        node.value = "return"
        node.changed()

    query = Query().select("NAME").modify(broken)
    ran = run_query(Project(MemoryFiles({"a.py": b"fetch = 1\n"})), query, ["a.py"])
    assert (ran.patches, [item.path for item in ran.left]) == ((), ["a.py"])
    assert ran.left[0].reason.startswith("compiles: ")


def test_a_rename_that_leaves_a_name_undefined_is_left() -> None:
    """Bowler renames the definition, and not the reference that is no call."""
    code = b"def fetch(): ...\n\n\nrun(callback=fetch)\n"
    ran = run_query(Project(MemoryFiles({"a.py": code})), rename(), ["a.py"])
    assert ran.patches == ()
    assert "names-defined" in ran.left[0].reason


def test_a_callback_that_raises_costs_one_file() -> None:
    def fail(_node: Any, _capture: Any, filename: str) -> None:
        if filename == "a.py":
            raise KeyError("gone")

    query = Query().select_function("fetch").modify(fail).rename("load")
    files = {"a.py": STAR + b"fetch()\n", "b.py": STAR + b"fetch()\n"}
    ran = run_query(Project(MemoryFiles(files)), query, [*files])
    assert [(item.path, item.reason) for item in ran.left] == [
        ("a.py", "the query raises KeyError: 'gone'")
    ]
    assert [item.path for item in ran.patches] == ["b.py"]


def test_a_hunk_that_the_query_turns_down_is_left_out() -> None:
    seen: list[list[str]] = []

    def first_only(_filename: str, hunk: list[str]) -> bool:
        seen.append(hunk)
        return len(seen) == 1

    lines = ["fetch(1)", *["x = 1"] * 9, "fetch(2)"]
    query = rename().process(first_only)
    (hunk,) = HostedQuery(query).hunks(SourceFile("a.py", "\n".join(lines).encode()))
    assert hunk.line == 1
    assert seen[0][:3] == ["--- a.py", "+++ a.py", "@@ -1,4 +1,4 @@"]
    assert len(seen) == 2


def test_a_second_run_that_would_change_it_again_is_told() -> None:
    project = Project(MemoryFiles({"a.py": b"def fetch(key): ...\n"}))
    assert run_query(project, add_argument(), ["a.py"]).again == ("a.py",)
    assert run_query(project, rename(), ["a.py"]).again == ()


def test_its_own_choice_of_files_counts() -> None:
    query = Query(filename_matcher=lambda name: name.endswith("_test.py"))
    made = query.select_function("fetch").rename("load")
    assert HostedQuery(made).hunks(SourceFile("a.py", b"fetch()\n")) == ()
    assert len(HostedQuery(made).hunks(SourceFile("a_test.py", b"fetch()\n"))) == 1


@pytest.mark.parametrize("data", [b"a = 1\rfetch()\n", b"\xff = 1\n"])
def test_what_is_no_text_of_lines_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        HostedQuery(rename()).hunks(SourceFile("a.py", data))


LOADED = [
    "q = select(A).options(joinedload(A.b))\n",
    "q = select(A).options(joinedload(A.b), joinedload(A.c))  # both\n",
    "q = select(A).options(\n    joinedload(\n        A.b,  # many\n    ),\n)\n",
    "def f():\n\tq.options( joinedload( A.b ) )\n",
]


@pytest.mark.parametrize("code", LOADED)
def test_two_tools_rename_a_call_alike(code: str, tmp_path: Path) -> None:
    """A second opinion on the layout that `joinedload-to-selectinload` keeps."""
    from codemods.kit.edits import LastName, rewritten

    def to_selectin(*paths: str) -> Any:
        return Query(*paths).select_function("joinedload").rename("selectinload")

    def leave(_old: cst.CSTNode, new: cst.CSTNode) -> cst.CSTNode:
        if isinstance(new, cst.Name) and new.value == "joinedload":
            made = LastName("selectinload").edit(new)
            assert isinstance(made, cst.CSTNode)
            return made
        return new

    assert rewritten(cst.parse_module(code), leave).code == by_bowler(to_selectin, tmp_path, code)

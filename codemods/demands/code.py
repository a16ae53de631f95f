"""Code in a text, in inline code, in a fence or in between: it need not parse.

All of them take any text, raise nothing, take time linear in it, and give what they find in the
order of the text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from codemods.tables import words

_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_CALLEE = re.compile(rf"(?<![\w.])({_NAME})\(")
_VALUE = rf"(?:~?\d[\d_]*(?:\.\d+)?|{_NAME}|\"[^\"\n]{{0,200}}\"|'[^'\n]{{0,200}}')"
_ASSIGNED = re.compile(
    # What is taken is not given back: no shorter name is followed by what has to come then.
    rf"(?<![\w.])(?P<name>(?>{_NAME}))(?:\[(?P<key>[^\]\n]{{0,80}}+)\])?\s{{0,4}}+"
    r"(?::(?P<annotation>[^=`\n]{0,40}+))?=(?![=>])"
    r"\s{0,4}(?P<value>[^\n]{0,200})"
)
_LOOP = re.compile(rf"\bfor\s{{1,4}}[\w, ()]{{1,60}}?\s{{1,4}}in\s{{1,4}}(?P<name>{_NAME})")
_EXCEPTION = re.compile(rf"(?<![\w.])(?:{_NAME}\.)?[A-Z]\w*(?:Error|Exception)\b")
_CONSTANT = re.compile(r"(?<![\w.])[A-Z][A-Z0-9]*_[A-Z0-9_]+(?!\w)")
_REPEATED = re.compile(
    r"\[(?:[^\n\[\](]*\([^\n]{0,200}\)|[^\n\[\]]*(?:\[\]|\{\}))\s*\]\s*\*|\*\s*\["
)
_ATTRIBUTE = re.compile(r"\b(?:self|cls)\.([A-Za-z_]\w*)(?!\w|\s*\()")
_BOUND = re.compile(r"^[^\S\n]*(?:global\s+)?([A-Za-z_]\w*)\s*(?::[^=\n]+)?=[^=]", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#[ \t]*(.*)$", re.MULTILINE)
_PATH = re.compile(r"[\w./{},-]+\.(?P<suffix>\w+)(?::\S*)?")
_SUFFIXES = frozenset(words("py pyi ts tsx js md toml ini json yaml yml sh txt rs"))
"""Of files that are no names of code as well, as ``self.db`` and ``math.log`` are."""
_COMMAND = re.compile(r"[\w.-]+(?:\s+[\w.-]+)*\s+--?[a-z]")

_STRINGS = re.compile(r"[\[(]\s{0,20}((?:(?:\"[^\"\n]{1,80}\"|'[^'\n]{1,80}')[\s,]{0,20})+)[\])]")
_QUOTED = re.compile(r"\"([^\"\n]+)\"|'([^'\n]+)'")
_HEADER = r"`?[\"']?\s{0,4}[:=]\s{0,4}`?f?[\"']?(?P<value>[^\"'`\n]{1,200})"
_PYTHON_FILE = re.compile(r"(?<![\w/.-])[\w/.-]{1,200}\.py\b")
_CALLED_ALIKE = re.compile(rf"(?<![\w./])((?:{_NAME}\s{{0,2}}/\s{{0,2}}){{0,6}}{_NAME})\(\)")
_TARGET = re.compile(
    r"(?<![\w.])([A-Za-z_*][\w*]{0,60})\s{0,4}:\s{0,4}[\w.\[\], |]{1,80}\s{0,4}=\s{0,4}$"
)
_CLASS = re.compile(r"\bclass\s{1,4}(\w+)\s{0,4}\(([^)\n]{0,200})\)")
_SOURCE = re.compile(
    r"\bfrom\s{1,4}`?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|(?=[a-z]{0,40}_)[a-z_]{2,80})(?!\w)"
)
_NUMBER = r"-?\d[\d_]*(?:\.\d+)?"
_NUMBER_GIVEN = re.compile(
    rf"(?<!\w)([a-z_]\w*)(?:\s{{0,4}}:\s{{0,4}}[\w.]+)?\s{{0,4}}=\s{{0,4}}({_NUMBER})(?![\w.])"
)
_LITERAL = re.compile(
    rf"(?:\w+(?:\s{{0,4}}:\s{{0,4}}[\w.]+)?\s{{0,4}}=\s{{0,4}})?({_NUMBER}|\"[^\"]*\"|'[^']*')"
)
_WHOLE_FILE = re.compile(r"(?<![\w/.-])(?!__init__\.py)[\w/.-]{1,200}\.py\b(?!::|:\d|`?['’]s\b)")
_SNAKE = re.compile(r"(?<![\w./-])(?=[^\W_]{1,80}_\w)[A-Za-z]\w*(?![\w/-]|\.\w)")
_SYMBOL = re.compile(r"::([A-Za-z_][\w.]*)")
_RAISED = ("Error", "Exception", "Expired", "Timeout", "Interrupt", "Warning")
_HANDED = re.compile(rf"(?:lambda\s{{0,4}}:\s{{0,4}})?({_NAME})")
_STRING = re.compile(
    r"(?P<prefix>[rbuRBUfF]{0,2})(?P<q>\"\"\"|'''|\"|')(?P<text>(?:\\.|(?!(?P=q))[^\\])*)"
    r"(?P=q)",
    re.DOTALL,
)
_PLACEHOLDER = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_OPENING = {"(": ")", "[": "]", "{": "}"}
_LONGEST = 400
"""Characters of a call's arguments that are looked at."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it is written."""

    name: str
    """With dots: ``asyncio.to_thread``."""
    arguments: tuple[str, ...]
    """Each as written; the last one is cut where the call has no end."""
    start: int

    def given(self, keyword: str) -> str | None:
        """The value of a keyword argument."""
        for argument in self.arguments:
            name, equals, value = argument.partition("=")
            if equals and name.strip() == keyword and not value.startswith("="):
                return value.strip()
        return None


@dataclass(frozen=True, slots=True)
class Assignment:
    """``name = value`` as it is written; ``name[key] = value`` is one of ``name``."""

    name: str
    value: str
    """The rest of the line, at most 200 characters."""
    key: str = ""
    """What stands in brackets behind the name."""
    annotation: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a name comes from: a module, a name of it (``None`` for the module itself), and what
    it is called instead."""

    module: str
    name: str | None = None
    alias: str | None = None

    @property
    def bound(self) -> str:
        """The name that its import binds."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def dotted(self) -> str:
        """The full name of what it is."""
        return f"{self.module}.{self.name}" if self.name else self.module


def calls_in(text: str) -> Iterator[Call]:
    """Every call, also those in the arguments of others."""
    for found in _CALLEE.finditer(text):
        yield Call(found[1], tuple(_arguments(text, found.end())), found.start())


def called_with(text: str, name: str) -> Iterator[tuple[str, ...]]:
    """The arguments of every call of a function or a method of that name, whatever stands before
    it: ``load(a).load(b)`` are two of ``load``."""
    for found in re.finditer(rf"(?<!\w){re.escape(name)}\(", text):
        yield tuple(_arguments(text, found.end()))


def declarations_in(text: str) -> Iterator[tuple[str, Call]]:
    """Each call with the annotated name that it is given to, which may have a ``*`` in it, ``""``
    where it is given to none: ``limit: int = Query(50)``."""
    for call in calls_in(text):
        target = _TARGET.search(text[max(0, call.start - 160) : call.start])
        yield target[1] if target is not None else "", call


def classes_in(text: str, base: str) -> tuple[str, ...]:
    """Classes that are written out, and have a base of that name."""
    bases = ((found[1], found[2].split(",")) for found in _CLASS.finditer(text))
    return tuple(
        name for name, given in bases if base in (item.strip().rpartition(".")[2] for item in given)
    )


def _arguments(text: str, start: int) -> Iterator[str]:
    """The arguments behind an opening parenthesis, up to the one that closes it."""
    closing = [")"]
    quote = ""
    first = start
    for at in range(start, min(len(text), start + _LONGEST)):
        char = text[at]
        if quote:
            quote = "" if char == quote and text[at - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        elif char in _OPENING:
            closing.append(_OPENING[char])
        elif char == closing[-1]:
            closing.pop()
        if not closing or (char == "," and len(closing) == 1 and not quote):
            if argument := text[first:at].strip():
                yield argument
            first = at + 1
        if not closing:
            return
    if rest := text[first : start + _LONGEST].strip():
        yield rest


def first_names(text: str, takes: Mapping[str, int]) -> Iterator[str]:
    """What is handed to certain functions: ``load`` of ``to_thread(load, path)``, and of
    ``to_thread(lambda: load(path))``.

    Args:
        takes: the last names of the functions, with the number of the argument that is meant.
    """
    for call in calls_in(text):
        number = takes.get(call.name.rpartition(".")[2])
        if number is not None and number < len(call.arguments):
            found = _HANDED.match(call.arguments[number])
            if found is not None:
                yield found[1]


def assignments_in(text: str) -> Iterator[Assignment]:
    """``self.queue = Queue()``, ``cache: dict[str, int] = {}``, ``timeout=5``."""
    for found in _ASSIGNED.finditer(text):
        key, annotation = found["key"] or "", (found["annotation"] or "").strip()
        yield Assignment(found["name"], found["value"].strip(" `"), key, annotation)


def text_of(code: str) -> str:
    """The string literal that code begins with, with ``{}`` for what an f-string puts in; ``""``
    where it begins with something else."""
    string = _STRING.match(code)
    if string is None:
        return ""
    in_place = "f" in string["prefix"].lower()
    return _PLACEHOLDER.sub("{}", string["text"]) if in_place else string["text"]


def given(text: str, name: str) -> tuple[str, ...]:
    """What a text gives a name as its value: ``timeout=10.0``, ``maxsize of 100``, ``limit: 5``."""
    return tuple(dict.fromkeys(found[1].lstrip("~") for found in _given(name).finditer(text)))


@cache
def _given(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(name)}`?\s{{0,4}}(?:=|:|\bof\b|\bto\b)\s{{0,4}}`?({_VALUE})")


def passed(text: str, keyword: str) -> tuple[str, ...]:
    """The numbers and names that a keyword argument gets: ``timeout=~30``, ``timeout=LIMIT``."""
    pattern = rf"\b{re.escape(keyword)}\s{{0,4}}=\s{{0,4}}~?(\d+(?:\.\d+)?|{_NAME})"
    return tuple(dict.fromkeys(re.findall(pattern, text)))


def attributes_in(text: str) -> tuple[str, ...]:
    """The attributes of ``self`` and ``cls`` that are not called: ``rows`` of ``self.rows[0]``."""
    return tuple(dict.fromkeys(_ATTRIBUTE.findall(text)))


def bound_in(text: str) -> tuple[str, ...]:
    """The names that lines begin with and assign to: ``rows`` of ``rows: list[int] = []``."""
    return tuple(dict.fromkeys(_BOUND.findall(text)))


def called_on(text: str, method: str) -> tuple[str, ...]:
    """What a method without arguments is called on: ``state['gains']`` of
    ``state['gains'].copy()``."""
    # A name from its beginning: from there, or behind what is none (``f().``).
    pattern = (
        r"(?:(?<![\w.])|(?<=[^\w.]\.))([A-Za-z_][\w.]*(?:\[[^\[\]`]*\])*)"
        rf"\.{re.escape(method)}\(\)"
    )
    return tuple(dict.fromkeys(re.findall(pattern, text)))


def repeats_element(text: str) -> bool:
    """Whether a list of one new object is multiplied: ``[Queue()] * 8``."""
    return _REPEATED.search(text) is not None


def looped_over(text: str) -> tuple[str, ...]:
    """What ``for … in`` goes over, without ``.items()``: ``self.connections``."""
    return tuple(dict.fromkeys(found["name"] for found in _LOOP.finditer(text)))


def exceptions_in(text: str) -> tuple[str, ...]:
    """Names of exceptions: ``ValueError``, ``asyncio.TimeoutError``."""
    return tuple(dict.fromkeys(found[0] for found in _EXCEPTION.finditer(text)))


def constants_in(text: str) -> tuple[str, ...]:
    """Names of constants of at least two words: ``CHUNK_SECONDS``."""
    return tuple(dict.fromkeys(_CONSTANT.findall(text)))


def is_path(text: str) -> bool:
    """Whether a code is a file, perhaps with lines: ``app/main.py:12``."""
    found = _PATH.fullmatch(text)
    return found is not None and found["suffix"] in _SUFFIXES


def is_command(text: str) -> bool:
    """Whether a code is of a shell: ``pytest --collect-only``, which Python reads as a
    subtraction."""
    return _COMMAND.match(text) is not None


def comments_of(code: str) -> Iterator[str]:
    """Every comment of a piece of code, that behind a line too, without its sign; those on
    neighboring lines of their own are one."""
    together: list[str] = []
    for line in code.split("\n"):
        before, sign, said = line.partition("#")
        if sign and not before.strip():
            together.append(said.lstrip("#").strip())
            continue
        if together:
            yield " ".join(together)
        together = []
        if sign:
            yield said.strip()
    if together:
        yield " ".join(together)


def comments_in(text: str) -> tuple[str, ...]:
    """The lines of code that are comments, without their signs."""
    return tuple(found[1] for found in _COMMENT.finditer(text))


def imports_in(text: str) -> Iterator[Origin]:
    """What lines of a text import; relative imports say of no module which it is."""
    for line in text.splitlines():
        # A sentence may begin with "from", and an import may go on over several lines.
        if not line.lstrip().startswith(("import ", "from ")):
            continue
        try:
            statement, *_ = ast.parse(line.strip()).body
        except (SyntaxError, ValueError):
            continue
        if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            names = [item for item in statement.names if item.name != "*"]
            yield from (Origin(statement.module, item.name, item.asname) for item in names)
        elif isinstance(statement, ast.Import):
            yield from (Origin(item.name, None, item.asname) for item in statement.names)


def string_lists(text: str) -> tuple[tuple[str, ...], ...]:
    """Lists and tuples of nothing but strings: ``["GET", "POST"]``."""
    return tuple(
        tuple(one or other for one, other in _QUOTED.findall(found[1]))
        for found in _STRINGS.finditer(text)
    )


def header_values(text: str, name: str) -> tuple[str, ...]:
    """What an HTTP header is given, ``Bearer {token}``: in inline code, in a dictionary, bare."""
    pattern = re.compile(rf"\b{re.escape(name)}{_HEADER}")
    return tuple(found["value"].strip() for found in pattern.finditer(text))


def python_files(text: str) -> tuple[str, ...]:
    """Paths of Python files, in code or not, as they are written."""
    return tuple(dict.fromkeys(_PYTHON_FILE.findall(text)))


def called_alike(text: str) -> tuple[str, ...]:
    """Functions as they are named: ``load()``, and both of ``store.load/save()``."""
    return tuple(
        dict.fromkeys(
            name.strip() for found in _CALLED_ALIKE.finditer(text) for name in found[1].split("/")
        )
    )


def modules_in(text: str) -> tuple[str, ...]:
    """Modules that something comes from, in code or not: "from `core.geometry`"."""
    return tuple(dict.fromkeys(_SOURCE.findall(text)))


def numbers_given(text: str) -> tuple[tuple[str, str], ...]:
    """Names and the numbers that they are given, as written: ``timeout=30.0``."""
    return tuple(dict.fromkeys(_NUMBER_GIVEN.findall(text)))


def literal_of(code: str) -> str:
    """The number or string that code is, or gives to a name, as written; else ``""``."""
    found = _LITERAL.fullmatch(code.strip())
    return found[1] if found is not None else ""


def is_constant(name: str) -> bool:
    """Whether it is a name of a constant by its looks: ``LIMIT``, ``_CHUNK_SECONDS``."""
    return name.isidentifier() and name.isupper()


def exception_types(code: str) -> tuple[str, ...]:
    """The types of code that is nothing but types of exceptions: ``(OSError, json.JSONError)``."""
    names = tuple(name.strip() for name in code.strip("() ").rstrip(",").split(","))
    fit = all(re.fullmatch(_NAME, name) and name.endswith(_RAISED) for name in names)
    return names if fit else ()


def whole_files(text: str) -> tuple[str, ...]:
    """Python files that are named for themselves, and not for a line, or for what is in them."""
    return tuple(dict.fromkeys(_WHOLE_FILE.findall(text)))


def snake_names(text: str) -> tuple[str, ...]:
    """Names with an underscore, also in code that is more than the name: ``manager_of=``."""
    return tuple(dict.fromkeys(_SNAKE.findall(text)))


def symbols_in(text: str) -> tuple[str, ...]:
    """What stands behind ``::``: ``Class.method`` of ``path.py::Class.method``."""
    return tuple(dict.fromkeys(_SYMBOL.findall(text)))

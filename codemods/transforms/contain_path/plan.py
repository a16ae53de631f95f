"""Which findings ask for a path to be checked, which path it is, and against what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.codemod import Hints, Match, Plan
from codemods.demands.demands import Demands, Text
from codemods.demands.text import introduced
from codemods.syntax.dotted import last_part
from codemods.tables import words

_MODELS = frozenset(("field_validator", "AfterValidator"))
"""The check belongs into a model, which the suggestion shows: :mod:`apply_suggestion`'s."""
_CHECKING = tuple(words("validate check ensure resolve secure safe contain sanitize"))
_PATHS = tuple(words("path filename file_name directory folder dirname"))
_PROSE = ("file_path", "filepath", "filename")
_FOLDERS = ("root", "dir", "directory", "folder")
_NO_VALUE = ("os.path", "sys.path", "pathlib", "path", "os.path.exists")
_WITHIN = frozenset(words("within inside under below beneath against outside to"))
_DOTTED = re.compile(r"(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)")
_ABSOLUTE = re.compile(r"(?:~/|/)[\w./-]*\w/?")
_IN_CODE = re.compile(r"(?<![\w/.\"'])[a-z_]\w*(?:\.[a-z_]\w*)*(?![\w/(\"'])")
_ASPECTS = (
    ("file-extensions", "restrict the file extensions"),
    ("list-of-allowed", "an allowlist of directories"),
)
"""What else may be asked for, by how the lexicon calls it."""


@dataclass(frozen=True, kw_only=True)
class PathPlan(Plan):
    """A path from outside that is to be checked before it is used."""

    values: tuple[str, ...]
    """The paths, dotted or not: ``album.artwork_path``, ``input_path``."""
    validators: tuple[str, ...] = ()
    """Functions of the project that check a path, by their last names: the first that exists."""
    root: str = ""
    """The allowed folder: ``~/covers``, or code: ``settings.media_root``."""
    skip: bool = False
    """Whether a bad path is skipped instead of refused with a response."""
    own: bool = False
    """If ``validators`` is empty: whether to use the project's only function that checks paths."""


@dataclass(frozen=True, kw_only=True)
class PathHints(Hints):
    """Which functions a finding means."""

    functions: tuple[str, ...] | None = None
    """What it mentions by name, functions that answer no request among it; ``None`` where the
    places were named."""
    sweeps: bool = False
    """Whether it speaks of several endpoints of the files that it names."""


def recognise(demands: Demands) -> Match[PathPlan] | None:
    """A claim to findings that miss a check of a path that comes from outside.

    Not to those whose suggestion asks for something else (load by id, delete the endpoint), and
    not where the check is one of a model's field that the suggestion spells out.
    """
    title, about, fix = demands.title, demands.opening, demands.fix
    if not about.says("lacks-path-check"):
        return None
    if not title.says("names-path") or title.says("mentions-path-only"):
        return None
    in_model = not _MODELS.isdisjoint(fix.written_words) or "validator" in _called(fix)
    if in_model or (fix and not fix.says("asks-for-check")) or fix.says("only-supposes"):
        # "If containment is ever desired, …" is a question and no demand.
        return None
    values = tuple(dict.fromkeys(_values(demands)))
    if not values:
        return None
    return Match(
        plan=PathPlan(
            values=values,
            validators=_validators(fix) or (_validators(about) if fix else ()),
            root=_root(fix),
            skip=fix.says("skips"),
            own=(fix or demands.description).says("allowed-folders"),
        ),
        strength=78,
        hints=PathHints(
            anchors=tuple(dict.fromkeys(last_part(item) for item in values)),
            whole_files=True,
            aspects=tuple(fix.wished(*_ASPECTS)),
            functions=(about + fix).names,
            sweeps=any(text.says("several-endpoints") for text in (title, demands.description)),
        ),
    )


def _called(text: Text) -> tuple[str, ...]:
    return tuple(dict.fromkeys(last_part(name) for name in text.called))


def _validators(text: Text) -> tuple[str, ...]:
    return tuple(name for name in _called(text) if name.startswith(_CHECKING))


def _values(demands: Demands) -> Iterator[str]:
    """The names of paths: those of suggestion and title first, then description and evidence."""
    evidence = demands.shown_code
    texts = (demands.fix, demands.title, demands.description, evidence)
    called = {name for text in texts for name in _called(text)}
    called.update(re.findall(r"\bdef (\w+)", evidence.raw))
    for text in texts:
        in_code = (name for code in text.code for name in _IN_CODE.findall(code))
        in_prose = (name for name in _PROSE if name in text.written_words)
        for name in (*text.names, *in_code, *in_prose):
            *owners, last = name.split(".")
            stands = all(item[:1].islower() or item[:1] == "_" for item in owners)
            if stands and last.endswith(_PATHS) and name not in _NO_VALUE and last not in called:
                yield name


def _root(fix: Text) -> str:
    for text in introduced(fix.raw, _WITHIN):
        text = text.strip().rstrip(".,;")
        if _ABSOLUTE.fullmatch(text) or _is_code(text):
            return text.rstrip("/")
    return "~" if fix.says("within-home") else ""


def _is_code(text: str) -> bool:
    """Whether inline code can stand for a folder: a constant, a setting, a ``Path`` expression."""
    if (name := _DOTTED.fullmatch(text)) is not None:
        return name[1].isupper() or name[1].lower().endswith(_FOLDERS)
    return text.removeprefix("pathlib.").startswith(("Path(", "Path.home()"))

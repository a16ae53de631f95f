"""Entries for pages, as hostile and as many as is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from codemods.engine.outcomes import FilePatch
from codemods.output.entries import Entry, Excerpt, Other, Said, Step
from codemods.output.html.page import About
from codemods.output.sides import Line, Segment
from codemods.output.styled import harmless

HOSTILE = (
    '</script><img src=x onerror="window.hacked=1">',
    "<script>window.hacked=1</script>",
    "<!--<script>",
    "--><svg onload=window.hacked=1>",
    "]]><b>",
    "{{ 7 * 7 }}{% raw %}",
    "\"'><a href='javascript:window.hacked=1'>x</a>",
    "&lt;b&gt;&#60;i&#62;",
    "\\u003cimg src=x onerror=window.hacked=1\\u003e",
    "\u2028window.hacked=1\u2029",
    "evil\u202etxt.exe\u202c \u2066x\u2069",
    "nul\0 bell\a esc\x1b[31m del\x7f",
    "one byte \udcff that is no text",
    "constructor __proto__ toString",
    "${window.hacked=1}`",
    "#f=%E0%A4%A",
    "x" * 5_000,
    "ﷺ𝔘𝔫𝔦𝔠𝔬𝔡𝔢👩‍👩‍👧‍👦 e\u0301\u0301\u0301",
)
"""Texts that would act where they are not text."""
BEFORE = b'def wait(seconds):\n    """Wait."""\n    time.sleep(seconds)  # as asked\n    return 1\n'
AFTER = BEFORE.replace(b"time.sleep", b"await asyncio.sleep")


def about(*, decidable: bool = True, title: str = "Review of a.md") -> About:
    return About(title, ("docs/audits/a.md",), "a" * 40, decidable)


def fixed(name: str, *, before: bytes = BEFORE, after: bytes = AFTER, changes: int = 1) -> Entry:
    """A fix that can be decided about."""
    steps = tuple(
        Step("app/a.py", 3 + number, "wait", f"change {number}", "review", f"{number:016x}", ())
        for number in range(changes)
    )
    return Entry(
        name=f"a:{name}",
        id=name,
        title=f"wait() blocks, {name}",
        severity="HIGH",
        codemod="offload-blocking-calls",
        safety="review",
        outcome="fixable",
        reason="time.sleep() becomes asyncio.sleep()",
        report="docs/audits/a.md:12",
        where="app/a.py:3",
        said=(Said("description", "It blocks.\n```python\ntime.sleep(3)\n```\nAlways."),),
        found=("app/a.py: as the report says",),
        now=(),
        changes=steps,
        left=("app/a.py:9: is in a lambda [inside-lambda]",),
        notes=("mind the cancellation",),
        gates=("compiles", "comments-kept"),
        files=(FilePatch("app/a.py", before, after),),
        key="0123456789ab",
        patch="b" * 40,
    )


def refused(name: str, outcome: str = "refused") -> Entry:
    """A finding without a fix."""
    line = Line(3, (Segment("    ", ""), Segment("time.sleep(1)", "", True)))
    return Entry(
        name=f"a:{name}",
        id=name,
        title=f"another thing, {name}",
        severity="LOW",
        codemod="",
        safety="",
        outcome=outcome,
        reason=f"it is {outcome}, because of the lock",
        report="docs/audits/a.md:40",
        where="app/b.py:3",
        said=(Said("description", "Something else."),),
        found=(),
        now=(Excerpt("app/b.py", (line,)),),
        changes=(),
        left=(),
        notes=(),
        gates=(),
        files=(),
    )


def hostile(text: str, number: int = 0) -> Entry:
    """An entry all of whose fields are ``text``, as far as a reader may fill them."""
    clean = harmless(text)
    code = text.replace("\n", " ").encode("utf-8", "replace")
    return Entry(
        name=f"{clean}{number}",
        id=clean,
        title=clean,
        severity=clean,
        codemod=clean,
        safety=clean,
        outcome=clean,
        reason=clean,
        report=clean,
        where=clean,
        said=(Said(clean, clean), Said("code", f"```\n{clean}\n```")),
        found=(clean,),
        now=(Excerpt(clean, (Line(1, (Segment(clean, "s", True),)),)),),
        changes=(Step(clean, 1, clean, clean, clean, "0" * 16, (clean,)),) * 2,
        left=(clean,),
        notes=(clean,),
        gates=(clean,),
        files=(FilePatch(f"{text}.txt", b"x " + code, b"y " + code + b"\n"),),
        key="0123456789ab",
        patch="c" * 40,
        also=(
            Other(clean, clean, clean, clean, (Said(clean, clean),), ()),
            Other(clean, clean, clean, clean, (), (FilePatch(f"{text}.txt", b"x", b"y " + code),)),
        ),
    )


def many(number: int) -> Iterator[Entry]:
    """A report of many findings; most have a fix of some lines in a file of 400."""
    body = b"".join(b"    value_%d = compute(%d, name='x')\n" % (n, n) for n in range(400))
    before = b"async def handler(request):\n" + body
    for index in range(number):
        if index % 5 == 4:
            yield refused(f"R-{index:03}", ("refused", "not-found", "no-codemod")[index % 3])
            continue
        after = before
        for line in range(index % 300, index % 300 + 3):
            call = b"value_%d = compute(" % line
            thread = b"value_%d = await asyncio.to_thread(compute, " % line
            after = after.replace(call, thread)
        yield fixed(f"F-{index:03}", before=before, after=after, changes=1 + index % 3)

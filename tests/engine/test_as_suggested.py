"""When the fix that a codemod knows stands there, and the finding suggests another one."""

from __future__ import annotations

import pytest

from codemods.codemod import Place, Refusal, Site
from codemods.demands.demands import Demands
from codemods.engine.as_suggested import not_as_suggested
from tests.engine.reported import at, field, finding, project

CODE = """\
import requests

session = requests.Session()


class Client:
    def __init__(self):
        self.lock = Lock()

    def send(self, url):
        with self.lock:
            return session.post(url, timeout=5)

    def drop(self, url):
        self.waiting.remove(url)


def other(url):
    return shutil.move(url)
"""


def said(evidence: str, *suggested: str) -> str:
    reported = finding(
        "A call waits for ever",
        (at("app.py", (11, 11)),),
        field("evidence", "", evidence),
        field("suggested fix", "As follows.", *suggested),
    )
    base = project({"app.py": CODE})
    source = base.source("app.py")
    already = (Refusal("done", "it has a timeout", Site("app.py", 11, 11), already=True),)
    places = (Place(source, source.tree.module),)
    return not_as_suggested(Demands.of(reported), base, already, places)


BAD = "session.post(url)"


@pytest.mark.parametrize(
    "suggested",
    [
        (),
        ("session.post(url, timeout=3)",),
        # The lock of the class is made somewhere else in it.
        ("self.lock = threading.Lock()\nwith self.lock:\n    session.post(url)",),
        ("import requests\nimport other\nsession.post(url)",),
        ("x = 1",),
        ("} else {",),
        ("import requests\nrequests.Session().post(url)", "import mmap"),
    ],
)
def test_as_suggested(suggested: tuple[str, ...]) -> None:
    assert said(BAD, *suggested) == ""


@pytest.mark.parametrize(
    ("suggested", "missing"),
    [
        ("import httpx\nasync with httpx.AsyncClient() as client:\n    pass", "httpx"),
        # ``post()`` of another object is in the evidence as well.
        ("await client.post(url)", "client.post()"),
        # It stands in the file, and not where it would count.
        ("shutil.move(url)", "shutil.move()"),
        # ``remove()`` does.
        ("self.waiting.move(url)", "self.waiting.move()"),
    ],
)
def test_another_fix(suggested: str, missing: str) -> None:
    assert said(BAD, suggested) == f"the code has no {missing}, which the suggestion mentions"


def test_another_form_of_the_same_code() -> None:
    assert "in another form" in said("raise(OSError(1))", "raise OSError(1)")

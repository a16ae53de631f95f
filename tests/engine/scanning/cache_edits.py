"""A small project and random edits of it, for scans that are held against scans without a cache."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path

_BLOCKS = "import time\n\n\ndef pause():\n    time.sleep(2)\n"
_RETURNS = "def pause():\n    return 2\n"
_TRIO = "import trio\n\n\nasync def nap():\n    await trio.sleep(1)\n"
_FETCHES = "import requests\n\n\nasync def fetch(url):\n    return requests.get(url, timeout=3)\n"
_LOGS = (
    "import logging\n\nlogger = logging.getLogger(__name__)\n\n\ndef load():\n    try:\n"
    "        return open('x')\n    except OSError as e:\n        logger.error('no %s', e)\n"
)
_CACHE = (
    "import asyncio\n\n\nclass Cache:\n    def __init__(self):\n        self._found = {}\n\n"
    "    async def get(self, key):\n        if key not in self._found:\n"
    "            self._found[key] = await self._load(key)\n        return self._found[key]\n"
)
_BOTH = (
    "import asyncio\n\nfrom app.cache import Cache\n\ncache = Cache()\n\n\nasync def both():\n"
    "    await asyncio.gather(cache.get(1), cache.get(2))\n"
)
_ROUTE = (
    "from app.answers import Problem\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
    "@app.get('/')\ndef index():\n    try:\n        return load()\n"
    "    except Exception as e:\n        return Problem(str(e))\n"
)
_ANSWER = "from fastapi.responses import JSONResponse\n\n\nclass Problem(JSONResponse):\n    pass\n"
_LOCKS = (
    "import threading\n\n_lock = threading.Lock()\n\n\ndef outer():\n    with _lock:\n"
    "        inner()\n\n\ndef inner():\n    with _lock:\n        return 1\n"
)
BODIES = {
    "low": (_BLOCKS, _RETURNS, "from app.mid import wait as pause\n", "def broken(:\n"),
    "mid": (
        "from app.low import pause\n\n\ndef wait():\n    pause()\n",
        "from app import low\n\n\ndef wait():\n    low.pause()\n",
        "from app.low import pause as wait\n",
        _RETURNS,
    ),
    "top": (
        "from app.mid import wait\n\n\nasync def serve():\n    wait()\n",
        "from app.mid import wait as hold\n\n\nasync def serve():\n    hold()\n",
        "from app.low import pause\n\n\nasync def late():\n    pause()  # autofix: ignore\n",
    ),
    "other": (_TRIO, _FETCHES, _LOGS, ""),
    "more": (_TRIO, _FETCHES, _LOCKS, ""),
    "cache": (_CACHE, _CACHE.replace("await self._load(key)", "key"), _TRIO),
    "both": (_BOTH, _BOTH.replace("cache.get(2)", "nap()"), ""),
    "web": (_ROUTE, _ROUTE.replace("str(e)", "'no'"), _LOGS),
    "answers": (_ANSWER, "class Problem:\n    pass\n"),
    "__init__": ("", "from app.low import pause\n"),
}
"""What may stand in each file: what the others import from it, or not."""


class Edited:
    """A folder with a project that is edited at random, always in the same way."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self._random = random.Random(seed)
        self._time = 1_000_000_000
        (root / "app").mkdir()
        (root / "pyproject.toml").write_text("[project]\nrequires-python = '>=3.11'\n")
        for name, bodies in BODIES.items():
            self._write(name, self._random.choice(bodies))

    def edit(self) -> None:
        """One to three files become others, go or come back."""
        for name in self._random.sample([*BODIES], self._random.randint(1, 3)):
            path = self.root / "app" / f"{name}.py"
            if path.exists() and self._random.random() < 0.1:
                path.unlink()
            else:
                self._write(name, self._random.choice(BODIES[name]))

    def _write(self, name: str, text: str) -> None:
        path = self.root / "app" / f"{name}.py"
        path.write_text(text)
        # Later than every write before it, however coarse the clock of the file system is.
        self._time += 1
        os.utime(path, (self._time, self._time))

    @property
    def texts(self) -> Sequence[str]:
        """All files, for a failure that somebody has to understand."""
        return [f"# {path}\n{path.read_text()}" for path in sorted(self.root.rglob("*.py"))]

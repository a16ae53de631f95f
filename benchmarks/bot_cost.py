"""What a run of the bot costs where nothing is to be done: ``python benchmarks/bot_cost.py``.

Two hundred pull requests are open on the test forge. A child process runs the bot once more, and
its own processor time and that of its git is what counts: the forge is not the bot. Resolving the
findings is no part of it. Then one more is opened, and its requests are counted.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from codemods.delivery.forge import pace
from codemods.delivery.forge.client import Client, token_auth
from codemods.delivery.forge.github import GitHub
from codemods.delivery.forge.pace import Clock
from tests.bot.remote_shop import RemoteShop
from tests.bot.server.http import ForgeServer, serving

SETTINGS: dict[str, Any] = {
    "enabled": True, "open_limit": 10**6, "per_run_limit": 10**6, "draft": "never",
}  # fmt: skip


def run(shop: RemoteShop) -> None:
    """One run, that has looked at nothing before."""
    client = Client(token_auth("ghp_bot"), shop.server.api, Clock())
    shop.github = GitHub(client, "acme/shop")
    shop.run(**SETTINGS)


def quiet(shop: RemoteShop, *, profiled: bool) -> float:
    """Processor seconds of one run in a process of its own."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        # The parent serves. Only what this process and its git use is counted.
        start = sum(os.times()[:4])
        if profiled:
            profile = cProfile.Profile()
            profile.runcall(run, shop)
            pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(45)
        else:
            run(shop)
        os.write(writing, f"{sum(os.times()[:4]) - start}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        return float(stream.read())


def requests(server: ForgeServer, start: int) -> Counter[str]:
    """How often what was asked since."""
    found: Counter[str] = Counter()
    for call in server.state.calls[start:]:
        found["git" if call.method == "GIT" else "API"] += 1
        if call.method in ("POST", "PATCH") and call.path != "/graphql":
            found["API writes"] += 1
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=200, help="pull requests that are open")
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    asked = parser.parse_args(arguments)
    pace.APART, pace.A_MINUTE, pace.AN_HOUR = 0.0, 10**6, 10**6
    os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "forge") as server:
        github = GitHub(Client(token_auth("ghp_bot"), server.api, Clock()), "acme/shop")
        shop = RemoteShop.make(server, github, Path(folder), defects=asked.open + 1)
        last = list(shop.versions)[-1]
        shop.gone.add(last)
        run(shop)
        run(shop)
        print(f"{len(server.state.pulls())} are open")
        start = len(server.state.calls)
        seconds = quiet(shop, profiled=asked.profile)
        print(f"nothing to do: {dict(requests(server, start))}, {seconds:.2f} s of processor time")
        shop.gone.discard(last)
        start = len(server.state.calls)
        run(shop)
        print(f"one is opened: {dict(requests(server, start))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Where an await may stand, and which locks are held there."""

from __future__ import annotations

import ast
import textwrap

import pytest

from codemods.syntax.awaiting import held_locks, in_cancelled_handler, in_finally, why_no_await
from tests.syntax.marks import marked

REFUSED = {
    "module": ("HERE", "outside-function"),
    "class of the module": ("class A:\n    x = HERE", "inside-class-body"),
    "plain function": ("def f(): HERE", "function-not-async"),
    "method": ("class A:\n    def f(self): HERE", "function-not-async"),
    "own default": ("async def f(a=HERE): pass", "outside-function"),
    "own decorator": ("@HERE\nasync def f(): pass", "outside-function"),
    "nested function": ("async def f():\n    def g(): HERE", "inside-nested-function"),
    "function in a function in an async one": (
        "async def f():\n    def g():\n        def h(): HERE",
        "inside-nested-function",
    ),
    "lambda": ("async def f():\n    g(lambda: HERE)", "inside-lambda"),
    "comprehension in a lambda": (
        "async def f():\n    g(lambda: [HERE for a in b])",
        "inside-lambda",
    ),
    "class body": ("async def f():\n    class A:\n        x = HERE", "inside-class-body"),
    "comprehension in a class body": (
        "async def f():\n    class A:\n        x = [HERE for a in b]",
        "inside-class-body",
    ),
    "generator expression": (
        "async def f():\n    sum(HERE for a in b)",
        "inside-generator-expression",
    ),
    "condition of a generator expression": (
        "async def f():\n    sum(a for a in b if HERE)",
        "inside-generator-expression",
    ),
    "second iterable of a generator expression": (
        "async def f():\n    sum(a for a in b for c in HERE)",
        "inside-generator-expression",
    ),
    "comprehension in a generator expression": (
        "async def f():\n    sum([HERE for c in d] for a in b)",
        "inside-generator-expression",
    ),
    "first iterable, plain function": ("def f():\n    sum(a for a in HERE)", "function-not-async"),
    "annotation of a parameter": (
        "async def f():\n    def g(a: HERE): pass",
        "inside-annotation",
    ),
    "annotation of a result": ("async def f():\n    def g() -> HERE: pass", "inside-annotation"),
    "annotation of a variable": ("async def f():\n    a: HERE = 1", "inside-annotation"),
    "lock by name": (
        "async def f(self):\n    with self._cache_lock:\n        HERE",
        "under-threading-lock",
    ),
    "lock by call": ("async def f():\n    with get_lock(key): HERE", "under-threading-lock"),
    "lock by type": ("async def f():\n    with FileLock(p): HERE", "under-threading-lock"),
    "lock by assignment": (
        """
        import threading
        class A:
            def __init__(self): self._guard = threading.RLock()
            async def f(self):
                with self._guard: HERE
        """,
        "under-threading-lock",
    ),
    "lock by annotation": (
        """
        from threading import Lock as L
        async def f(guard: L):
            with guard: HERE
        """,
        "under-threading-lock",
    ),
    "lock of a dataclass": (
        """
        import threading
        from dataclasses import field
        class A:
            guard: object = field(default_factory=threading.Lock)
            async def f(self):
                with self.guard: HERE
        """,
        "under-threading-lock",
    ),
    "lock of the module": (
        """
        import threading
        GUARD = threading.Condition()
        async def f():
            with GUARD: HERE
        """,
        "under-threading-lock",
    ),
    "lock of the function": (
        "import threading\nasync def f():\n    g = threading.Semaphore()\n    with g: HERE",
        "under-threading-lock",
    ),
    "second item": ("async def f():\n    with lock, open(HERE): pass", "under-threading-lock"),
    "deeper": (
        "async def f():\n    with lock:\n        for a in b:\n            if c: HERE",
        "under-threading-lock",
    ),
    "released in finally": (
        "async def f():\n    lock.acquire()\n    try: HERE\n    finally: lock.release()",
        "under-threading-lock",
    ),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_an_await_may_not_stand_there(text: str, reason: str) -> None:
    tree, node = marked(text)
    found = why_no_await(tree, node)
    assert found is not None
    assert found[0] == reason
    assert found[1]


ALLOWED = {
    "async function": "async def f(): HERE",
    "async method": "class A:\n    async def f(self): HERE",
    "async function in a plain one": "def f():\n    async def g(): HERE",
    "behind a nested function": "async def f():\n    def g(): pass\n    HERE",
    "first iterable": "async def f():\n    sum(a for a in HERE)",
    "comprehension": "async def f():\n    [HERE for a in b]",
    "comprehension in a first iterable": "async def f():\n    sum(a for a in [HERE for c in d])",
    "dictionary": "async def f():\n    {HERE: 1 for a in b}",
    "nested comprehension": "async def f():\n    [[HERE for a in b] for c in d]",
    "f-string": "async def f():\n    f'{HERE!r:>10}'",
    "default of a nested function": "async def f():\n    def g(a=HERE): pass",
    "default of a lambda": "async def f():\n    lambda a=HERE: a",
    "decorator of a nested function": "async def f():\n    @HERE\n    def g(): pass",
    "base of a nested class": "async def f():\n    class A(HERE): pass",
    "walrus": "async def f():\n    if (a := HERE): pass",
    "asynchronous lock": "async def f():\n    async with lock: HERE",
    "behind a lock": "async def f():\n    with lock: pass\n    HERE",
    "expression of the lock": "async def f():\n    with get_lock(HERE): pass",
    "file": "async def f():\n    with open(p) as file: HERE",
    "block and clock": "async def f():\n    with block, self.clock, unblocked: HERE",
    "lock around the function": "def f():\n    with lock:\n        async def g(): HERE",
    "asyncio lock released in finally": """
        async def f():
            await lock.acquire()
            try: HERE
            finally: lock.release()
    """,
    "released in finally, behind": """
        async def f():
            lock.acquire()
            try: pass
            finally:
                lock.release()
            HERE
    """,
}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED.keys())
def test_an_await_may_stand_there(text: str) -> None:
    tree, node = marked(text)
    assert why_no_await(tree, node) is None


@pytest.mark.parametrize(
    "text", [text for text in ALLOWED.values() if "lock" not in text], ids=lambda text: text[:30]
)
def test_python_agrees_that_an_await_may_stand_there(text: str) -> None:
    compile(textwrap.dedent(text).replace("HERE", "(await HERE)"), "<test>", "exec")


def test_a_nested_comprehension_needs_python_3_11() -> None:
    tree, node = marked("async def f():\n    [[HERE for a in b] for c in d]")
    found = why_no_await(tree, node, target_python=(3, 10))
    assert found is not None
    assert found[0] == "inside-nested-comprehension"


def test_the_first_iterable_of_an_inner_comprehension_is_not_nested() -> None:
    tree, node = marked("async def f():\n    [[a for a in HERE] for c in d]")
    assert why_no_await(tree, node, target_python=(3, 8)) is None


def test_an_await_in_a_generator_expression_makes_it_asynchronous() -> None:
    """Why it is refused although it compiles: the type of what the function returns changes."""
    namespace: dict[str, object] = {}
    exec("async def f(b):\n    return (await a for a in b)", namespace)
    function = namespace["f"]
    assert callable(function)
    coroutine = function([])
    with pytest.raises(StopIteration) as stopped:
        coroutine.send(None)
    assert hasattr(stopped.value.value, "__anext__")


def test_held_locks_are_named_from_the_innermost() -> None:
    tree, node = marked(
        "async def f(self):\n"
        "    async with self.a_lock:\n"
        "        with b_lock, open(p), c.lock.write():\n"
        "            HERE"
    )
    locks = held_locks(tree, node)
    assert [(lock.text, lock.is_async) for lock in locks] == [
        ("c.lock.write()", False),
        ("b_lock", False),
        ("self.a_lock", True),
    ]
    assert isinstance(locks[-1].node, ast.AsyncWith)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("async def f():\n    try: HERE\n    finally: pass", False),
        ("async def f():\n    try: pass\n    finally:\n        def g(): HERE", False),
        ("async def f():\n    try: pass\n    finally:\n        lambda: HERE", False),
        ("async def f():\n    try: pass\n    finally: pass\n    HERE", False),
        ("async def f():\n    try: pass\n    finally: HERE", True),
        ("async def f():\n    try: pass\n    finally:\n        with a: HERE", True),
        ("async def f():\n    try: pass\n    finally:\n        def g(a=HERE): pass", True),
    ],
)
def test_in_finally(text: str, expected: bool) -> None:
    tree, node = marked(text)
    assert in_finally(tree, node) is expected


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("except Exception", False),
        ("except (ValueError, OSError)", False),
        ("except asyncio.CancelledError", True),
        ("except (ValueError, CancelledError)", True),
        ("except BaseException", True),
        ("except Stop", True),
        ("except", True),
    ],
)
def test_in_cancelled_handler(clause: str, expected: bool) -> None:
    tree, node = marked(
        "from asyncio import CancelledError as Stop\n"
        f"async def f():\n    try: pass\n    {clause}:\n"
        "        try: pass\n        except OSError: HERE"
    )
    assert in_cancelled_handler(tree, node) is expected

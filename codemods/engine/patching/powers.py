"""What a patch would let the code do that it did not do before: run programs, read pickles, trust
any certificate.

A report is written by anybody, and CI runs what stands on a branch. So a fix whose words bring in
one of these is only shown. Counted is over all files of a patch and by kind, so that what moves, or
becomes another way of the same, is nothing new.

Sources: the functions that bandit and CodeQL call dangerous, and Python's own documentation.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from codemods.project.source import SourceError, SourceFile
from codemods.syntax.tree import Tree

RUNS = "runs code that it is given"
STARTS = "starts a program"
CONNECTS = "opens a socket"
UNPICKLES = "reads objects that run code"
NATIVE = "calls native code"
INSIDE = "reaches into Python's own insides"
TRUSTS = "checks no certificate, key or signature"
OPENS = "gives permissions to everybody"
UNGUARDS = "takes a check of permissions away"

_BUILTINS = dict.fromkeys(("eval", "exec", "compile", "__import__", "execfile", "breakpoint"), RUNS)
_MODULES: Mapping[str, str] = {
    **dict.fromkeys(("importlib", "runpy", "code", "codeop", "imp", "pdb", "pip"), RUNS),
    **dict.fromkeys(("subprocess", "pty", "pexpect", "sh", "plumbum", "popen2"), STARTS),
    **dict.fromkeys(("socket", "socketserver", "telnetlib", "ftplib", "paramiko"), CONNECTS),
    **dict.fromkeys(
        ("pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle"),
        UNPICKLES,
    ),
    **dict.fromkeys(("ctypes", "cffi", "_ctypes"), NATIVE),
}
"""Every name of them counts, and that they are imported."""
_NAMES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("os.system", "os.popen", "os.fork", "os.forkpty", "os.startfile"),
            *("os.posix_spawn", "os.posix_spawnp", "asyncio.create_subprocess_exec"),
            *("asyncio.create_subprocess_shell", "asyncio.subprocess"),
        ),
        STARTS,
    ),
    **dict.fromkeys(
        (
            *("asyncio.open_connection", "asyncio.start_server", "http.client.HTTPConnection"),
            *("http.client.HTTPSConnection", "http.server.HTTPServer", "smtplib.SMTP"),
        ),
        CONNECTS,
    ),
    **dict.fromkeys(
        (
            *("types.FunctionType", "types.CodeType", "site.addsitedir", "sys.path"),
            *("sys.meta_path", "sys.path_hooks", "pandas.eval", "pd.eval", "logging.config.listen"),
        ),
        RUNS,
    ),
    "sys.modules": INSIDE,
    "webbrowser.open": STARTS,
    **dict.fromkeys(
        (
            *("yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.full_load", "joblib.load"),
            *("yaml.UnsafeLoader", "yaml.Loader", "yaml.FullLoader", "torch.load"),
            *("pandas.read_pickle", "pd.read_pickle"),
        ),
        UNPICKLES,
    ),
    **dict.fromkeys(
        (
            *("ssl.CERT_NONE", "ssl._create_unverified_context", "ssl._create_stdlib_context"),
            *("ssl._create_default_https_context", "urllib3.disable_warnings"),
        ),
        TRUSTS,
    ),
}
_SPAWNING = ("os.exec", "os.spawn")
_INSIDE = frozenset(
    {
        *("__builtins__", "builtins", "__subclasses__", "__globals__", "__loader__", "__code__"),
        *("__mro__", "__bases__", "f_globals", "f_builtins", "gi_frame", "__reduce__"),
    }
)
_TEXTS = frozenset({*_INSIDE, "__import__"} - {"builtins"})
"""What is got at by its name."""
_HIDDEN = frozenset({"system", "popen", "eval", "exec", "compile", "__import__", "fork"})
"""What nobody has to get at by its name who means no harm."""
_OFF = frozenset(
    {
        *("verify", "verify_ssl", "verify_certs", "ssl_verify", "validate_certs", "check_hostname"),
        *("ssl_verify_mode", "verify_signature", "verify_exp", "verify_aud", "tls_verify"),
        *("ssl_context_verify", "assert_hostname", "check_signature", "strict_host_key_checking"),
    }
)
"""Names that, being false, switch a check of who is at the other end off."""
_TRUSTING = frozenset({"AutoAddPolicy", "WarningPolicy", "NoVerification", "disable_warnings"})
_RIGHTS_OF_ALL = frozenset({"S_IRWXO", "S_IWOTH"})
_FREE = frozenset({"csrf_exempt", "AllowAny", "allow_any", "permit_all"})
_GUARDS = (
    *("permission", "authenticat", "authoriz", "authoris", "login_required", "require_login"),
    *("is_admin", "is_staff", "is_superuser", "is_owner", "require_admin", "require_user"),
    *("current_user", "csrf_protect", "check_access", "has_access", "has_role", "require_role"),
    *("roles_required", "admin_required", "verify_token", "check_token", "has_perm"),
)
"""Parts of names of what asks whether somebody may."""
_EVERYBODY = 0o002
"""The bit of a file's mode that lets everybody write."""


def new_powers(pairs: Iterable[tuple[SourceFile, SourceFile | None]]) -> tuple[str, ...]:
    """What the files can do after a patch and could not before, in words; empty for most patches.

    Args:
        pairs: each file before and after it; ``None`` where it goes.
    """
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    unguarded = False
    for old, new in pairs:
        was, now = _tree(old), _tree(new) if new is not None else None
        before.update(_powers(was) if was else ())
        after.update(_powers(now) if now else ())
        unguarded = unguarded or (was is not None and now is not None and _loses(was, now))
    found = [kind for kind in dict.fromkeys(after) if after[kind] > before[kind]]
    return (*found, *([UNGUARDS] if unguarded else []))


def _tree(source: SourceFile) -> Tree | None:
    try:
        return source.tree
    except SourceError:
        # It was not read before either, or does not pass the gate that compiles it.
        return None


def _powers(tree: Tree) -> Iterator[str]:
    """One kind for each place that has it."""
    names = dict(_imported(tree.module))
    for node in ast.walk(tree.module):
        if isinstance(node, ast.Import):
            yield from _of_modules(item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _of_modules([node.module or ""])
            yield from _of_names(f"{node.module}.{item.name}" for item in node.names)
        elif isinstance(node, ast.Name):
            yield from _of_name(node, names)
        elif isinstance(node, ast.Attribute):
            yield from _of_attribute(node, names)
        elif isinstance(node, ast.keyword):
            yield from _of_setting(node.arg or "", node.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield from _of_setting(key.value, value)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute | ast.Name):
                    name = target.attr if isinstance(target, ast.Attribute) else target.id
                    yield from _of_setting(name, node.value)
        elif isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.Subscript):
            yield from _of_entry(node)
        elif isinstance(node, ast.Constant) and node.value in _TEXTS:
            yield INSIDE


def _imported(module: ast.Module) -> Iterator[tuple[str, str]]:
    """What names of the file stand for that imports bind."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for item in node.names:
                yield (item.asname, item.name) if item.asname else (item.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for item in node.names:
                yield item.asname or item.name, f"{node.module}.{item.name}"


def _of_modules(modules: Iterable[str]) -> Iterator[str]:
    for module in modules:
        kind = _MODULES.get(module.split(".")[0])
        if kind is not None:
            yield f"imports {module.split('.')[0]}, which {kind}"


def _of_names(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        kind = _NAMES.get(name) or (STARTS if name.startswith(_SPAWNING) else None)
        if kind is not None:
            yield kind


def _of_name(node: ast.Name, names: Mapping[str, str]) -> Iterator[str]:
    if node.id in _BUILTINS and node.id not in names:
        yield RUNS
    elif node.id in _INSIDE:
        yield INSIDE
    elif node.id in _TRUSTING:
        yield TRUSTS
    elif node.id in _FREE:
        yield OPENS
    elif node.id in names:
        full = names[node.id]
        kind = _MODULES.get(full.split(".")[0])
        # The module itself counts where something of it is named.
        if kind is not None and "." in full:
            yield kind
        yield from _of_names([full])


def _of_attribute(node: ast.Attribute, names: Mapping[str, str]) -> Iterator[str]:
    if node.attr in _INSIDE:
        yield INSIDE
    elif node.attr in _TRUSTING:
        yield TRUSTS
    elif node.attr in _FREE or node.attr in _RIGHTS_OF_ALL:
        yield OPENS
    dotted = _dotted(node)
    if dotted is None:
        return
    first, _, rest = dotted.partition(".")
    full = f"{names.get(first, first)}.{rest}"
    kind = _MODULES.get(full.split(".")[0]) if first in names and "." not in rest else None
    if kind is not None:
        yield kind
    else:
        yield from _of_names([full])


def _dotted(node: ast.expr) -> str | None:
    """``http.client.HTTPConnection``; ``None`` for what is no chain of names."""
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return None if before is None else f"{before}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else None


def _of_setting(name: str, value: ast.expr) -> Iterator[str]:
    if name == "algorithms" and isinstance(value, ast.List | ast.Tuple | ast.Set):
        # A token that nobody has signed.
        none = any(
            isinstance(i, ast.Constant) and str(i.value).lower() == "none" for i in value.elts
        )
        yield from [TRUSTS] * none
    if not isinstance(value, ast.Constant):
        return
    # Nothing given (``None``) leaves the default, which checks.
    off = value.value is False or value.value == 0
    if (name.lower() in _OFF and off) or (name == "ssl" and value.value is False):
        yield TRUSTS
    elif name == "shell" and value.value is True:
        yield STARTS
    elif name == "allow_pickle" and value.value is True:
        yield UNPICKLES
    elif name == "mode" and isinstance(value.value, int) and _is_for_everybody(value.value):
        yield OPENS


def _of_call(node: ast.Call) -> Iterator[str]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    modes = [item.value for item in node.args if isinstance(item, ast.Constant)]
    numbers = [item for item in modes if isinstance(item, int) and not isinstance(item, bool)]
    if name in ("chmod", "fchmod", "lchmod", "mkdir", "makedirs", "mkfifo"):
        if any(map(_is_for_everybody, numbers)):
            yield OPENS
    elif (name == "umask" and 0 in numbers) or name in ("setuid", "seteuid", "setgid", "setegid"):
        yield OPENS
    elif name in ("attrgetter", "methodcaller", "getattr") and _HIDDEN.intersection(
        part for text in modes if isinstance(text, str) for part in text.split(".")
    ):
        yield INSIDE
    elif name == "getattr" and node.args and isinstance(node.args[0], ast.Name):
        yield from [INSIDE] * (node.args[0].id in ("os", "builtins", "sys", "posix", *_MODULES))


def _of_entry(node: ast.Subscript) -> Iterator[str]:
    """``vars(os)["system"]``, ``globals()[name]``, ``os.__dict__["popen"]``."""
    around = node.value
    called = around.func if isinstance(around, ast.Call) else None
    spaces = isinstance(called, ast.Name) and called.id in ("vars", "globals", "locals")
    fields = isinstance(around, ast.Attribute) and around.attr == "__dict__"
    named = isinstance(node.slice, ast.Constant) and node.slice.value not in _HIDDEN
    if (spaces or fields) and not named:
        yield INSIDE


def _is_for_everybody(mode: int) -> bool:
    return mode > 0o100 and bool(mode & _EVERYBODY)


def _loses(before: Tree, after: Tree) -> bool:
    """Whether a definition that stays asks less often whether somebody may."""
    was, now = _guards(before), _guards(after)
    return any(count > now[name] for name, count in was.items() if name in now)


def _guards(tree: Tree) -> dict[str, int]:
    found: dict[str, int] = {}
    for node in tree.definitions():
        words = (
            item.id if isinstance(item, ast.Name) else item.attr
            for item in ast.walk(node)
            if isinstance(item, ast.Name | ast.Attribute)
        )
        count = sum(any(part in word.lower() for part in _GUARDS) for word in words)
        name = tree.qualified_name(node)
        found[name] = found.get(name, 0) + count
    return found

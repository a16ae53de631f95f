"""What a patch lets code do: found in whatever form, and only where it is new."""

from __future__ import annotations

import pytest

from codemods.engine.patching.power_names import (
    CONNECTS,
    INSIDE,
    NATIVE,
    OPENS,
    RUNS,
    STARTS,
    TRUSTS,
    UNGUARDS,
    UNPICKLES,
)
from codemods.engine.patching.powers import new_powers
from codemods.project.source import SourceFile

BEFORE = """\
import logging
import os
import ssl


def load(path):
    return path.read_text()
"""


def added(line: str, *, before: str = BEFORE) -> tuple[str, ...]:
    """What a statement in the function adds."""
    after = before.replace("    return", f"    {line}\n    return")
    assert after != before
    pair = (SourceFile("m.py", before.encode()), SourceFile("m.py", after.encode()))
    return new_powers([pair])


@pytest.mark.parametrize(
    "line",
    [
        'logging.getLogger("x").error("eval() failed, exec too", exc_info=True)',
        "re.compile(path)",
        "path.open().read()",
        "requests.get(path, verify=True, timeout=5)",
        "requests.get(path, verify=None)",
        "os.environ.get('SHELL')",
        "os.path.exists(path)",
        "context = ssl.create_default_context()",
        "path.chmod(0o640)",
        "path.chmod(stat.S_IRUSR)",
        "self.__dict__['name'] = path",
        "operator.attrgetter('path.name')(path)",
        "messages['system'] = path",
        "jwt.decode(path, algorithms=['HS256'])",
        "path.mkdir(0o755, exist_ok=True)",
        "json.loads(path)",
        "pool.load(path)",
        "self.eval(path)",
        "model.eval()",
        "yaml.safe_load(path)",
        "getattr(path, 'name')",
        "thing.shell = 'bash'",
        "options = {'verify': 1}",
        "self.socket.close()",
        "subprocess_count = 3",
        "store.compile(path)",
        "x = mode(2)",
        "stdout = asyncio.subprocess.PIPE",
        "isinstance(path, types.FunctionType)",
        "hasattr(os, 'fork')",
        "getattr(os, 'O_BINARY', 0)",
        "os.open(path, os.O_CREAT | os.O_EXCL, 0o600)",
        "path.touch(exist_ok=True)",
        "requests.get(f'{BASE}/orders', timeout=5)",
        "ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)",
        "database.create_connection(path)",
        "asyncio.run(main(), debug=True)",
        "is_admin = False",
        "allow_origins = ['https://app.example.org']",
        "platform.system()",
        "mode = 'w'",
        "verify = settings.verify",
        "def get(url, verify=True, *, timeout=None): pass",
    ],
)
def test_ordinary_code_adds_nothing(line: str) -> None:
    assert added(line) == ()


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("eval(path)", RUNS),
        ("breakpoint()", RUNS),
        ("sys.path.insert(0, path)", RUNS),
        ("types.FunctionType(path, {})", RUNS),
        ("globals()[path]()", INSIDE),
        ("vars(os)['system'](path)", INSIDE),
        ("os.__dict__['popen'](path)", INSIDE),
        ("operator.methodcaller('system', path)(os)", INSIDE),
        ("operator.attrgetter('path.system')(path)", INSIDE),
        ("sys.modules['os'].system(path)", INSIDE),
        ("http.client.HTTPConnection(path)", CONNECTS),
        ("requests.packages.urllib3.disable_warnings()", TRUSTS),
        ("jwt.decode(path, algorithms=['none'])", TRUSTS),
        ("path.chmod(stat.S_IRWXU | stat.S_IRWXO)", OPENS),
        ("exec(path.read_text())", RUNS),
        ("return_value = __import__('os')", RUNS),
        ("run = eval", RUNS),
        ("list(map(exec, [path]))", RUNS),
        ("compile(path, 'x', 'exec')", RUNS),
        ("os.system('id')", STARTS),
        ("os.popen('id')", STARTS),
        ("os.execvp('sh', ['sh'])", STARTS),
        ("os.spawnlp(0, 'sh', 'sh')", STARTS),
        ("from os import system", STARTS),
        ("from os import system as s; s('id')", STARTS),
        ("run('id', shell=True)", STARTS),
        ("__builtins__['ev' + 'al'](path)", INSIDE),
        ("().__class__.__mro__[1].__subclasses__()", INSIDE),
        ("getattr(os, 'sys' + 'tem')('id')", INSIDE),
        ("globals()['__builtins__']", INSIDE),
        ("load.__globals__", INSIDE),
        ("requests.get(path, verify=False)", TRUSTS),
        ("httpx.Client(verify=0)", TRUSTS),
        ("session.verify = False", TRUSTS),
        ("context.check_hostname = False", TRUSTS),
        ("context.verify_mode = ssl.CERT_NONE", TRUSTS),
        ("ssl._create_default_https_context = ssl._create_unverified_context", TRUSTS),
        ("jwt.decode(path, options={'verify_signature': False})", TRUSTS),
        ("aiohttp.TCPConnector(ssl=False)", TRUSTS),
        ("client.set_missing_host_key_policy(AutoAddPolicy())", TRUSTS),
        ("os.chmod(path, 0o777)", OPENS),
        ("path.chmod(0o666)", OPENS),
        ("path.mkdir(mode=0o777)", OPENS),
        ("os.umask(0)", OPENS),
        ("os.setuid(0)", OPENS),
        ("permission_classes = [AllowAny]", OPENS),
        ("numpy.load(path, allow_pickle=True)", UNPICKLES),
        ("yaml.load(path)", UNPICKLES),
        ("asyncio.create_subprocess_shell('id')", STARTS),
        ("asyncio.start_server(load)", CONNECTS),
        # Under another name, in pieces, or handed on.
        ("o = os; o.system('id')", INSIDE),
        ("(lambda module: module.system('id'))(os)", INSIDE),
        ("setattr(os, 'remove', path)", INSIDE),
        ("os.__getattribute__('system')('id')", INSIDE),
        ("next(v for k, v in vars(os).items() if k == path)", INSIDE),
        ("getattr(path, '__cl' + 'ass__')", INSIDE),
        ("import importlib as il; il.import_module('x')", RUNS),
        ("import builtins as b; b.exec(path)", INSIDE),
        ("from os import *", STARTS),
        ("@eval\n    def inner(): pass", RUNS),
        ("inner = lambda run=exec: run(path)", RUNS),
        ("text = f'{eval(path)}'", RUNS),
        ("loop.subprocess_shell(path, 'id')", STARTS),
        ("asyncio.get_running_loop().create_connection(path)", CONNECTS),
        ("pkgutil.resolve_name('os:system')('id')", RUNS),
        ("timeit.timeit(path)", RUNS),
        ("Model.from_pretrained(path, trust_remote_code=True)", RUNS),
        ("app.run(debug=True)", RUNS),
        ("os.environ['LD_PRELOAD'] = path", RUNS),
        ("YAML(typ='unsafe').load(path)", UNPICKLES),
        ("app.conf.task_serializer = 'pickle'", UNPICKLES),
        ("yaml.unsafe_load_all(path)", UNPICKLES),
        ("off = False; requests.get(path, verify=off)", TRUSTS),
        ("session.verify = not True", TRUSTS),
        ("setattr(session, 'ver' + 'ify', False)", TRUSTS),
        ("context.check_hostname: bool = False", TRUSTS),
        ("context.verify_mode = 0", TRUSTS),
        ("a.verify, b.verify = False, True", TRUSTS),
        ("context.verify_mode = ssl.VerifyMode.CERT_NONE", TRUSTS),
        ("context.verify_mode = getattr(ssl, 'CERT_' + 'NONE')", TRUSTS),
        ("ssl.SSLContext()", TRUSTS),
        ("urllib3.PoolManager(cert_reqs='CERT_NONE')", TRUSTS),
        ("asyncssh.connect(path, known_hosts=None)", TRUSTS),
        ("os.environ.update(PYTHONHTTPSVERIFY='0')", TRUSTS),
        ("options['verify_signature'] = False", TRUSTS),
        ("jwt.encode(path, key, algorithm='none')", TRUSTS),
        ("jwt.get_unverified_claims(path)", TRUSTS),
        ("def get(url, verify=False): pass", TRUSTS),
        ("def get(url, *, verify=False): pass", TRUSTS),
        ("os.chmod(path, 0o770 | 0o007)", OPENS),
        ("os.chmod(path, int('777', 8))", OPENS),
        ("mode = 0o777; os.chmod(path, mode)", OPENS),
        ("os.chmod(path, 0o4755)", OPENS),
        ("os.open(path, os.O_CREAT, 0o666)", OPENS),
        ("app.add_middleware(CORS, allow_origins=['*'])", OPENS),
        ("permission_classes = []", OPENS),
        ("app.config['WTF_CSRF_ENABLED'] = False", OPENS),
        ("user.is_admin = True", OPENS),
    ],
)
def test_what_is_dangerous(line: str, kind: str) -> None:
    assert kind in added(line)


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        ("subprocess", STARTS),
        ("socket", CONNECTS),
        ("pickle", UNPICKLES),
        ("marshal", UNPICKLES),
        ("ctypes", NATIVE),
        ("importlib", RUNS),
        ("pty", STARTS),
        ("posix", STARTS),
        ("http.server", CONNECTS),
        ("urllib.request", CONNECTS),
        ("multiprocessing.connection", CONNECTS),
    ],
)
def test_a_module_that_is_imported(module: str, kind: str) -> None:
    assert added(f"import {module}") == (f"imports {module}, which {kind}",)
    assert f"imports {module}, which {kind}" in added(f"from {module} import x as y")
    known = BEFORE.replace("import os\n", f"import os\nimport {module} as m\n")
    assert added("m.anything(path)", before=known) == (kind,)
    assert added("other.anything(path)", before=known) == ()


@pytest.mark.parametrize(
    "line",
    [
        "requests.post('https://other.example/x', data=path)",
        "client.get(url='https://' + 'other.example/x')",
        "address = 'https://other.example'; requests.post(address, data=path)",
        "urlopen(f'https://other.example/{path}')",
    ],
)
def test_a_host_that_nobody_talked_to(line: str) -> None:
    assert added(line) == ("sends requests to other.example",)
    known = BEFORE + "\n\nrequests.get('https://other.example/', timeout=5)\n"
    assert added(line, before=known) == ()


def test_what_is_caught_starts_nothing() -> None:
    before = "import subprocess\n\n\ndef load(path):\n    return subprocess.run(path)\n"
    caught = "try: load(path)\n    except (subprocess.TimeoutExpired, OSError): pass"
    assert added(caught, before=before) == ()
    assert added(caught.replace("OSError", "subprocess.run(path)"), before=before) == (STARTS,)


def change(before: str, after: str, path: str = "m.py") -> tuple[str, ...]:
    return new_powers([(SourceFile(path, before.encode()), SourceFile(path, after.encode()))])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("eval(a)\n", "eval(b)\n"),
        ("import subprocess\nsubprocess.run(a)\n", "import subprocess\nx(subprocess.run, a)\n"),
        ("import os\nos.system(a)\n", "import os\nos.popen(a)\n"),
        ("import pickle\npickle.loads(a)\n", "import json\njson.loads(a)\n"),
        ("get(a, verify=False)\n", "get(a, verify=True)\n"),
        ("def f():\n    eval(a)\n", "def g():\n    return eval(a)\n"),
    ],
)
def test_what_was_there_is_nothing_new(before: str, after: str) -> None:
    assert change(before, after) == ()


def test_what_moves_to_another_file_is_nothing_new() -> None:
    one, other, empty = b"eval(a)\n", b"x = 1\n", b""
    moved = [
        (SourceFile("a.py", one), SourceFile("a.py", empty)),
        (SourceFile("b.py", other), SourceFile("b.py", other + one)),
    ]
    assert new_powers(moved) == ()
    assert new_powers(moved[1:]) == (RUNS,)
    assert new_powers([(SourceFile("a.py", one), None)]) == ()


GUARDED = """\
app = FastAPI(dependencies=[Depends(require_user)])


@login_required
def delete(user, order, current=Depends(get_current_user)):
    if not user.is_admin:
        raise HTTPException(403)
    order.delete()


def unused():
    return check_permission()
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@login_required\n", ""),
        (", current=Depends(get_current_user)", ""),
        ("    if not user.is_admin:\n        raise HTTPException(403)\n", ""),
        ("not user.is_admin", "False"),
        ("not user.is_admin", "not user.is_admin and False"),
        ("raise HTTPException(403)", "pass"),
        ("dependencies=[Depends(require_user)]", ""),
    ],
)
def test_a_check_that_goes(old: str, new: str) -> None:
    assert change(GUARDED, GUARDED.replace(old, new)) == (UNGUARDS,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("order.delete()", "await asyncio.to_thread(order.delete)"),
        ("is_admin", "is_owner"),
        ("raise HTTPException(403)", "raise HTTPException(404)"),
        ("\n\ndef unused():\n    return check_permission()\n", ""),
        ("@login_required\n", "@login_required\n@permission_required('x')\n"),
    ],
)
def test_a_check_that_stays_in_another_form(old: str, new: str) -> None:
    assert change(GUARDED, GUARDED.replace(old, new)) == ()


def test_what_cannot_be_read_has_no_powers() -> None:
    assert change("eval(\n", "eval(\n") == ()

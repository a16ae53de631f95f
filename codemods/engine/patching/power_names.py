"""What of Python and its libraries is dangerous, as tables of names.

Sources: the functions that bandit, CodeQL and semgrep's rules call dangerous, and Python's own
documentation.
"""

from __future__ import annotations

from collections.abc import Mapping

from codemods.tables import words

RUNS = "runs code that it is given"
STARTS = "starts a program"
CONNECTS = "opens a socket"
UNPICKLES = "loads objects that can run code"
NATIVE = "calls native code"
INSIDE = "reaches into Python's internals"
TRUSTS = "turns off a check of certificates, keys or signatures"
OPENS = "gives everyone permissions"
UNGUARDS = "removes a permission check"


def _table(rows: Mapping[str, str]) -> Mapping[str, str]:
    """The kind of each word of the rows, which are ``{kind: words}``."""
    return {word: kind for kind, text in rows.items() for word in words(text)}


BUILTINS = _table({RUNS: "eval exec compile __import__ execfile breakpoint"})
MODULES = _table(
    {
        RUNS: "importlib runpy code codeop imp pdb bdb pip ensurepip zipimport IPython doctest",
        STARTS: """
            subprocess pty pexpect ptyprocess sh plumbum popen2 commands sarge envoy delegator
            fabric invoke docker win32api win32com winreg _winapi _posixsubprocess posix nt
            asyncio.subprocess distutils.spawn numpy.distutils.exec_command
        """,
        CONNECTS: """
            socket _socket socketserver asyncore asynchat telnetlib ftplib smtplib imaplib poplib
            nntplib paramiko asyncssh pycurl websocket websockets zmq http.server xmlrpc
            multiprocessing.connection multiprocessing.managers urllib.request
        """,
        UNPICKLES: """
            pickle cPickle _pickle pickletools marshal shelve dill cloudpickle jsonpickle copyreg
        """,
        NATIVE: "ctypes _ctypes cffi",
        INSIDE: "builtins __builtin__",
    }
)
"""Every name of them counts, and that they are imported."""
NAMES = _table(
    {
        RUNS: """
            types.FunctionType types.CodeType types.LambdaType site.addsitedir site.main sys.path
            sys.meta_path sys.path_hooks sys.settrace sys.setprofile threading.settrace
            threading.setprofile pandas.eval pd.eval numexpr.evaluate ne.evaluate sympy.sympify
            sympy.parse_expr cython.inline logging.config.listen logging.config.fileConfig
            pkgutil.resolve_name pkgutil.find_loader pydoc.locate timeit.timeit timeit.repeat
            timeit.Timer cProfile.run cProfile.runctx profile.run profile.runctx trace.Trace
            django.utils.module_loading.import_string werkzeug.utils.import_string torch.hub.load
        """,
        STARTS: """
            os.system os.popen os.popen2 os.popen3 os.popen4 os.fork os.forkpty os.startfile
            os.posix_spawn os.posix_spawnp asyncio.create_subprocess_exec os.*
            asyncio.create_subprocess_shell psutil.Popen webbrowser.open webbrowser.get
        """,
        CONNECTS: """
            asyncio.open_connection asyncio.start_server asyncio.open_unix_connection
            asyncio.start_unix_server http.client.HTTPConnection http.client.HTTPSConnection
        """,
        UNPICKLES: """
            yaml.load yaml.load_all yaml.unsafe_load yaml.unsafe_load_all yaml.full_load
            yaml.full_load_all yaml.Loader yaml.CLoader yaml.UnsafeLoader yaml.CUnsafeLoader
            yaml.FullLoader yaml.CFullLoader joblib.load torch.load pandas.read_pickle
            pd.read_pickle
        """,
        INSIDE: "sys.modules sys._getframe sys._current_frames gc.get_objects gc.get_referrers",
        TRUSTS: """
            ssl.CERT_NONE ssl.CERT_OPTIONAL ssl._create_unverified_context
            ssl._create_stdlib_context ssl._create_default_https_context ssl.wrap_socket
            ssl.PROTOCOL_SSLv2 ssl.PROTOCOL_SSLv3 urllib3.disable_warnings
        """,
    }
)
SPAWNING = ("os.exec", "os.spawn", "posix.exec", "posix.spawn")
LOOP = _table(
    {
        STARTS: "subprocess_exec subprocess_shell",
        CONNECTS: """
            create_connection create_server create_datagram_endpoint create_unix_connection
            create_unix_server sock_connect
        """,
    }
)
"""Methods of an event loop."""
INSIDES = frozenset(
    words("""
        __builtins__ builtins __subclasses__ __globals__ __loader__ __code__ __mro__ __base__
        __bases__ f_globals f_builtins gi_frame cr_frame ag_frame gi_code cr_code __reduce__
        __reduce_ex__ __closure__
    """)
)
TEXTS = frozenset({*INSIDES, "__import__", "__class__"} - {"builtins"})
"""What is got at by its name."""
TEXTS_OF_KINDS = _table(
    {
        TRUSTS: """
            PYTHONHTTPSVERIFY NODE_TLS_REJECT_UNAUTHORIZED GIT_SSL_NO_VERIFY CURL_CA_BUNDLE
            REQUESTS_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR CERT_NONE
        """,
        RUNS: """
            LD_PRELOAD LD_AUDIT DYLD_INSERT_LIBRARIES PYTHONPATH PYTHONSTARTUP PYTHONHOME
            PYTHONBREAKPOINT BASH_ENV GIT_SSH_COMMAND GIT_EXTERNAL_DIFF GIT_ASKPASS
        """,
        UNPICKLES: "pickle cpickle marshal dill cloudpickle",
    }
)
"""Names of variables of the environment, and of serializers, as strings or keywords."""
HIDDEN = frozenset(words("system popen eval exec compile __import__ fork execv execve spawnv"))
"""What nobody has to get at by its name who means no harm."""
HANDED = frozenset({"os", "sys", *MODULES})
"""Modules that nobody hands around as a value who means no harm."""
OFF = frozenset(
    words("""
        verify verify_ssl verify_certs ssl_verify validate_certs check_hostname verify_mode
        ssl_verify_mode verify_signature verify_exp verify_aud verify_iss verify_nbf verify_iat
        tls_verify ssl_context_verify assert_hostname check_signature strict_host_key_checking
        cert_reqs verify_peer verify_host verify_cert verify_certificate sslverify
        reject_unauthorized ssl_verify_cert ssl_verify_identity verify_tls check_certificate
    """)
)
"""Names that, being false, switch a check of who is at the other end off."""
TRUSTING = frozenset(
    words("""
        AutoAddPolicy WarningPolicy NoVerification disable_warnings get_unverified_claims
        CERT_NONE
    """)
)
RIGHTS_OF_ALL = frozenset(words("S_IRWXO S_IWOTH S_ISUID"))
FREE = frozenset(words("csrf_exempt AllowAny allow_any permit_all"))
RIGHTS = frozenset(
    words("""
        setuid seteuid setgid setegid setreuid setregid setresuid setresgid setgroups initgroups
    """)
)
NEEDS_RIGHTS = words("""
    login_required auth_required authentication_required permission_required permissions_required
    require_auth requires_auth require_login requires_login require_permission check_permission
    check_auth enforce_auth auth_enabled enable_auth csrf_enabled enable_csrf csrf_check
    csrf_protect verify_token check_token
""")
"""Parts of names that, being false, ask nobody."""
GIVES_RIGHTS = frozenset(
    words("""
        is_admin is_superuser is_staff is_root is_authenticated CORS_ALLOW_ALL_ORIGINS
        CORS_ORIGIN_ALLOW_ALL allow_anonymous
    """)
)
"""Names that, being true, let somebody in."""
FOR_SOME = frozenset(
    words("allow_origins allowed_origins cors_allowed_origins origins ALLOWED_HOSTS allowed_hosts")
)
"""Lists that ``*`` opens to everybody."""
EMPTY_FOR_ALL = frozenset(words("permission_classes authentication_classes DEFAULT_PERMISSION"))
"""Lists that ask nobody when they are empty."""
REQUESTING = frozenset(
    words("""
        get post put patch delete head request options stream urlopen urlretrieve Request connect
        ws_connect create_connection download
    """)
)
"""Last names of what talks to a host."""
GUARDS = words("""
    permission authenticat authoriz authoris login_required require_login is_admin is_staff
    is_superuser is_owner require_admin require_user current_user csrf_protect check_access
    has_access has_role require_role roles_required admin_required verify_token check_token
    has_perm
""")
"""Parts of names of what asks whether somebody may."""
EVERYBODY = 0o002
"""The bit of a file's mode that lets everybody write."""
OF_ITS_OWNER = 0o4000
"""The bit that lets whoever runs a file be its owner."""

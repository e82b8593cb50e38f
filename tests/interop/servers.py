"""The servers: where each comes from, and how it is started on the loopback.

Debian's packages of FTP servers conflict with each other, and installing one starts it. So they are
unpacked into a folder of the test's own, libraries too. A server that is installed is taken as it is.
"""

import glob
import grp
import os
import platform
import pwd
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PYFTPDLIB = "pyftpdlib==2.2.0"
# crypt(3) of "123456", for the servers that want it so.
CRYPTED = "$6$quasimodem$q7ZISJzZW4ikZGn0plv.nre0Oni8UdpUK5gikt/MM3Mlr6ppBAW8z/38M1CTOauuIlOcWMgSBRrpkg0E.bSlA."
# What a server is told to allow where it has a limit of its own, in MiB.
OWN_LIMIT = 1
# Seconds of idleness allowed, where a server can be told so few.
IDLE = 5
# Clients at a time, where a server can be told.
CLIENTS = 3

_lock = threading.Lock()
_ports = set()


class NotHere(Exception):
    """The server is not to be had, and why."""

    word = "not installed"


class NeedsRoot(NotHere):
    """Neither is it to be had by an installation."""

    word = "needs root"


class Broken(Exception):
    """The server does not start."""


def is_root():
    return os.geteuid() == 0


def unprivileged():
    """The user that servers run as: permissions mean nothing to root."""
    return pwd.getpwnam("nobody") if is_root() else pwd.getpwuid(os.geteuid())


def free_port():
    with _lock:
        while True:
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                port = s.getsockname()[1]
            # proftpd connects from the port below its own.
            if not {port, port - 1, port + 1} & _ports:
                _ports.add(port)
                return port


def quiet(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    return done.returncode, done.stdout


def libraries(root):
    """Where libraries are below a folder, as the loader wants to hear it: the usual place first."""
    first = os.path.join(root, "usr/lib", f"{platform.machine()}-linux-gnu")
    folders = {os.path.dirname(p) for p in glob.glob(os.path.join(root, "**/lib*.so*"), recursive=True)}
    return ":".join([first, *sorted(folders - {first})])


class Packages:
    """Debian packages, downloaded once and unpacked for each run."""

    def __init__(self, cache, into):
        self.cache, self.into = cache, into

    def find(self, program, *packages):
        """The path of a program and the variables it needs."""
        installed = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if installed:
            return installed, {}
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise NotHere(f"{program} is not installed, and without apt-get it cannot be fetched")
        root = os.path.join(self.into, program)
        os.makedirs(root)
        for package in packages:
            self.unpack(package, root)
        found = [p for folder in ("usr/sbin", "usr/bin") for p in glob.glob(os.path.join(root, folder, program))]
        if not found:
            raise NotHere(f"{program} is not in {' '.join(packages)}")
        return found[0], self.complete(root, packages, found[:1])

    def complete(self, root, packages, programs):
        """Unpacks what libraries the programs of these packages lack; the variables that they then need."""
        wanted, seen = list(packages), set(packages)
        while True:
            env = {"LD_LIBRARY_PATH": libraries(root)}
            missing = [name for program in programs for name in self.missing(program, env)]
            if not missing:
                return env
            wanted = [p for package in wanted for p in self.libraries_of(package) if p not in seen]
            if not wanted:
                raise NotHere(f"{os.path.basename(programs[0])} lacks {' '.join(missing)}")
            for package in wanted:
                self.unpack(package, root)
            seen.update(wanted)

    def missing(self, program, env):
        _, text = quiet(["ldd", program], env={**os.environ, **env})
        return re.findall(r"(\S+) => not found", text)

    def libraries_of(self, package):
        _, text = quiet(["apt-cache", "depends", "--no-recommends", "--no-suggests", "--no-conflicts",
                         "--no-breaks", "--no-replaces", "--no-enhances", package])
        names = re.findall(r"^ +\|?(?:Pre)?Depends: (lib\S+)", text, re.MULTILINE)
        return [n for n in dict.fromkeys(names)
                if quiet(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}", n])[1][:2] != "ii"]

    def unpack(self, package, root):
        with _lock:
            os.makedirs(self.cache, exist_ok=True)
            have = glob.glob(os.path.join(self.cache, package + "_*.deb"))
            if not have:
                fetch = ["apt-get", "download", "-q", package]
                code, text = quiet(fetch, cwd=self.cache)
                if code and is_root():
                    quiet(["apt-get", "update", "-q"])
                    code, text = quiet(fetch, cwd=self.cache)
                have = glob.glob(os.path.join(self.cache, package + "_*.deb"))
                if code or not have:
                    last = (text.strip().splitlines() or ["no word"])[-1]
                    raise NotHere(f"{package} is not installed and cannot be fetched: {last}")
        code, text = quiet(["dpkg-deb", "-x", have[0], root])
        if code:
            raise NotHere(f"{package} cannot be unpacked: {text.strip()}")


class Server:
    """What all servers have in common."""

    name = ""
    user, password = "quectel", "123456"
    # The server shows its folder as "/"; else paths are those of the machine.
    has_own_root = True
    # Its own limit of an upload, in words; none if it has none.
    own_limit = None
    # Seconds after which it sends an idle client away; none if it cannot be told.
    idle = IDLE
    # Clients that it serves at a time; none if it cannot be told.
    clients = CLIENTS
    # What it receives is in the file at once; the soak looks there.
    writes_at_once = True
    # It is started by root where root is there, and becomes another user itself.
    as_root = False

    def __init__(self, tools):
        """Gets hold of the program; [`NotHere`] says why not."""

    def version(self):
        return ""

    def command(self, place, second):
        """The command that serves place.root on place.port; `second` for the short limits."""
        raise NotImplementedError

    def is_up(self, place):
        """Greets: listening alone would be too early for some."""
        try:
            with socket.create_connection(("127.0.0.1", place.port), 1) as s:
                s.settimeout(10)
                return s.recv(4) == b"220 " or s.recv(4096) != b""
        except OSError:
            return False


class Place:
    """One running server with its folder."""

    def __init__(self, server, folder, second):
        self.server, self.folder, self.second = server, folder, second
        self.root = os.path.join(folder, "root")
        self.log_path = os.path.join(folder, "server.log")
        self.process = None
        owner = unprivileged()
        for path in (folder, self.root):
            os.makedirs(path, exist_ok=True)
            self.give(path)
        open(self.log_path, "a").close()
        self.give(self.log_path)
        self.owner = owner
        self.port = free_port()

    def give(self, path):
        """To the server's user."""
        if is_root():
            owner = unprivileged()
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)

    def file(self, name, text, mode=0o600):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)
        if not self.server.as_root:
            self.give(path)
        return path

    def start(self, register):
        command, env = self.server.command(self, self.second)
        more = {}
        if is_root() and not self.server.as_root:
            more = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        with open(self.log_path, "ab") as log:
            # Its standard input is a pipe that ends when this program does.
            self.process = register.spawn(command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=self.folder,
                                          env={**os.environ, **env}, **more)
        deadline = time.monotonic() + 30
        while not self.server.is_up(self):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Broken(f"{self.server.name} does not start: {self.log()[-600:]}")
            try:
                # Not a pause to make things pass, only between two looks at the port.
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                pass

    def kill(self, register):
        if self.process:
            register.kill(self.process)
            self.process.stdin.close()
            self.process = None

    def log(self):
        with open(self.log_path, "rb") as f:
            return f.read().decode(errors="replace")


class Vsftpd(Server):
    name = "vsftpd"
    # Without root it has no accounts but this one; the password is one of a list.
    user = "anonymous"
    has_own_root = False

    def __init__(self, tools):
        self.program, self.env = tools.packages.find("vsftpd", "vsftpd")

    def version(self):
        # It writes its version to standard input.
        read, write = os.pipe()
        subprocess.run([self.program, "-v"], stdin=write, stderr=subprocess.DEVNULL, env={**os.environ, **self.env})
        os.close(write)
        with os.fdopen(read) as f:
            return f.read().strip().removeprefix("vsftpd: version ")

    def command(self, place, second):
        passwords = place.file("passwords", f"{self.password}\nanonymous@\n")
        return [self.program, place.file("vsftpd.conf", f"""\
listen=YES
listen_address=127.0.0.1
listen_port={place.port}
background=NO
run_as_launching_user=YES
anonymous_enable=YES
secure_email_list_enable=YES
email_password_file={passwords}
ftp_username={place.owner.pw_name}
anon_root={place.root}
write_enable=YES
anon_upload_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
anon_umask=022
ascii_upload_enable=YES
ascii_download_enable=YES
connect_from_port_20=NO
seccomp_sandbox=NO
idle_session_timeout={IDLE if second else 300}
max_clients={CLIENTS if second else 0}
xferlog_enable=YES
log_ftp_protocol=YES
vsftpd_log_file={place.log_path}
""")], self.env


class Proftpd(Server):
    name = "proftpd"
    has_own_root = False
    own_limit = "MaxStoreFileSize"

    def __init__(self, tools):
        try:
            owner = unprivileged()
            grp.getgrgid(owner.pw_gid)
        except KeyError:
            raise NotHere("proftpd wants a user and a group with names") from None
        self.program, self.env = tools.packages.find("proftpd", "proftpd-core")

    def version(self):
        _, text = quiet([self.program, "-v"], env={**os.environ, **self.env})
        return text.strip().removeprefix("ProFTPD Version ")

    def command(self, place, second):
        owner = place.owner
        users = place.file("users", f"{self.user}:{CRYPTED}:{owner.pw_uid}:{owner.pw_gid}::{place.root}:/bin/sh\n")
        limit = f"MaxStoreFileSize {OWN_LIMIT} MB\nMaxConnectionsPerHost {CLIENTS}" if second else ""
        return [self.program, "-n", "-q", "-c", place.file("proftpd.conf", f"""\
ServerType standalone
ServerName interop
DefaultAddress 127.0.0.1
SocketBindTight on
UseIPv6 off
UseReverseDNS off
Port {place.port}
User {owner.pw_name}
Group {grp.getgrgid(owner.pw_gid).gr_name}
AuthOrder mod_auth_file.c
AuthUserFile {users}
RequireValidShell off
WtmpLog off
AllowOverwrite on
AllowStoreRestart on
TimeoutIdle {IDLE if second else 300}
{limit}
PidFile {place.folder}/pid
ScoreboardFile {place.folder}/scoreboard
SystemLog {place.log_path}
ExtendedLog {place.log_path} ALL
<IfModule mod_ctrls.c>
  ControlsEngine off
</IfModule>
<IfModule mod_delay.c>
  DelayTable none
</IfModule>
""")], self.env


class Pureftpd(Server):
    name = "pure-ftpd"
    own_limit = "its quota"
    idle = 60
    writes_at_once = False
    as_root = True

    def __init__(self, tools):
        if not is_root():
            raise NeedsRoot("pure-ftpd runs as root only")
        self.program, self.env = tools.packages.find("pure-ftpd", "pure-ftpd", "pure-ftpd-common")
        folder = os.path.dirname(os.path.dirname(self.program))
        found = [p for p in (os.path.join(folder, "bin/pure-pw"), shutil.which("pure-pw")) if p and os.path.exists(p)]
        if not found:
            raise NotHere("pure-ftpd is here without its pure-pw")
        self.pure_pw = found[0]

    def version(self):
        _, text = quiet([self.program, "--help"], env={**os.environ, **self.env})
        return (re.search(r"pure-ftpd v(\S+)", text) or ["", ""])[1]

    def command(self, place, second):
        owner = place.owner
        users = place.file("users", f"{self.user}:{CRYPTED}:{owner.pw_uid}:{owner.pw_gid}::{place.root}/./"
                                    "::::::::::::\n")
        base = os.path.join(place.folder, "users.pdb")
        code, text = quiet([self.pure_pw, "mkdb", base, "-f", users], env={**os.environ, **self.env})
        if code:
            raise Broken(f"pure-pw: {text}")
        limits = ["-n", f"1000:{OWN_LIMIT}", "-c", str(CLIENTS)] if second else []
        return [self.program, "-S", f"127.0.0.1,{place.port}", "-l", f"puredb:{base}", "-E", "-A", "-H",
                "-f", "none", "-u", "1", "-g", os.path.join(place.folder, "pid"),
                "-I", "1" if second else "15", *limits], self.env


class Pyftpdlib(Server):
    name = "pyftpdlib"
    writes_at_once = False
    as_root = True

    def __init__(self, tools):
        venv = os.path.join(tools.kept, "venv")
        self.program = os.path.join(venv, "bin/python")
        stamp = os.path.join(venv, PYFTPDLIB)
        if not os.path.exists(stamp):
            shutil.rmtree(venv, ignore_errors=True)
            for command in ([sys.executable, "-m", "venv", venv],
                            [self.program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                             PYFTPDLIB]):
                try:
                    code, text = quiet(command)
                except OSError as error:
                    code, text = 1, str(error)
                if code:
                    last = (text.strip().splitlines() or ["no word"])[-1]
                    raise NotHere(f"{PYFTPDLIB} is not installed and pip cannot: {last}")
            open(stamp, "w").close()

    def version(self):
        return PYFTPDLIB.partition("==")[2]

    def command(self, place, second):
        # It becomes the unprivileged user itself: that one may not be able to read the interpreter.
        return [self.program, os.path.join(HERE, "pyftpdlib_server.py"), str(place.port), place.root, self.user,
                self.password, str(IDLE if second else 300),
                str(CLIENTS if second else 512), place.owner.pw_name if is_root() else ""], {}


class Libunftp(Server):
    name = "libunftp"
    # The built-in server's is a week.
    idle = None
    clients = None

    def __init__(self, tools):
        self.program = os.path.join(tools.scratch, "quasimodem")
        shutil.copy(tools.quasimodem, self.program)
        self.lock = os.path.join(tools.repository, "Cargo.lock")

    def version(self):
        with open(self.lock) as f:
            return (re.search(r'name = "libunftp"\nversion = "([^"]+)"', f.read()) or ["", ""])[1]

    def command(self, place, second):
        place.ready = os.path.join(place.folder, "ready.json")
        if os.path.exists(place.ready):
            os.remove(place.ready)
        # The command that it serves for lasts as long as this program.
        return [self.program, "exec", "-v", "--ftp-server", "--ftp-root", place.root, "--ready-file", place.ready,
                "--", "cat"], {}

    def is_up(self, place):
        # It chooses its port itself, another one each time.
        if not os.path.exists(place.ready):
            return False
        import json
        with open(place.ready) as f:
            place.port = int(json.load(f)["ftp"]["addr"].rpartition(":")[2])
        return super().is_up(place)


ALL = [Libunftp, Pyftpdlib, Vsftpd, Proftpd, Pureftpd]

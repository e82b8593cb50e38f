"""Runs the same dialogue through every FTP server, and compares what comes of it with `expected.py`."""

import argparse
import collections
import json
import os
import re
import signal
import shutil
import subprocess
import sys
import threading
import time
import traceback

import cases
import expected
import servers
from host import Host, Log, Silence

REPOSITORY = os.path.dirname(os.path.dirname(servers.HERE))
# Nothing takes longer than this in all.
LIMIT = 540
PROFILE = """\
name = "interop"
[quirks]
path_mode = "cwd-now"
escape_ends_transfer = true
"""
# Of the module's log: a piece of a file.
PIECE = r"DEBUG (ftp [<>] (DATA|PULL|EOF|sent|data \d|\d+ bytes)|line \d [<>] (\d+ bytes|x+)$)"

# What is seen of a case that cannot be run here.
NOT_RUN = "not run"

Tools = collections.namedtuple("Tools", "repository quasimodem soak kept scratch packages may_mount")


class Cell(collections.namedtuple("Cell", "seen wanted details")):
    """What came of a case with a server, and what was to come of it."""

    def is_as_wanted(self):
        return self.seen == NOT_RUN or self.seen in self.wanted.split(" or ")


class Register:
    """The process groups that are running, in a file: whatever becomes of this program, `run` ends them."""

    def __init__(self, path):
        self.path, self.lock, self.pids = path, threading.Lock(), set()

    def spawn(self, command, **more):
        with self.lock:
            process = subprocess.Popen(command, start_new_session=True, **more)
            self.pids.add(process.pid)
            self._write()
        return process

    def kill(self, process):
        """As by a power cut: the whole group at once."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        with self.lock:
            self.pids.discard(process.pid)
            self._write()

    def close(self):
        """Nothing is started any more."""
        self.lock.acquire()

    def _write(self):
        with open(self.path + ".new", "w") as f:
            f.writelines(f"{pid}\n" for pid in self.pids)
        os.replace(self.path + ".new", self.path)


class Station:
    """One server with a folder, one module, one host."""

    def __init__(self, server, tools, second, register):
        self.server, self.second, self.tools, self.register = server, second, tools, register
        self.folder = os.path.join(tools.scratch, server.name + ("-2" if second else ""))
        self.log = Log()
        self.host = self.modem = None
        self.place = servers.Place(server, self.folder, second)
        cases.lay_out(self.place)
        self.base = "/" if server.has_own_root else self.place.root + "/"
        self.modem_log = os.path.join(self.folder, "module.log")
        self.idled = None

    def start_server(self):
        self.place.start(self.register)

    def kill_server(self):
        self.place.kill(self.register)

    def start_modem(self):
        folder = os.path.join(self.folder, "module")
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        pty, ready = os.path.join(folder, "tty"), os.path.join(folder, "ready.json")
        self.routed = self.place.port
        command = [self.tools.quasimodem, "run", "-v", "--pty", pty, "--timing", "instant", "--ready-file", ready,
                   "--route", f"{cases.HOST}:{cases.PORT}=127.0.0.1:{self.routed}"]
        if self.second:
            profile = os.path.join(folder, "profile.toml")
            with open(profile, "w") as f:
                f.write(PROFILE)
            command += ["--profile", profile]
        with open(self.modem_log, "ab") as log:
            self.modem = self.register.spawn(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        self.wait_for(lambda: os.path.exists(ready))
        self.host = Host(pty, self.log)

    def stop_modem(self):
        if self.host:
            self.host.close()
        if self.modem:
            self.register.kill(self.modem)
        self.host = self.modem = None

    def stop(self):
        self.stop_modem()
        self.kill_server()

    def log_in(self):
        """A session in the server's folder."""
        # A server that chooses its own port has another one after a new start.
        where = (cases.HOST, cases.PORT) if self.place.port == self.routed else ("127.0.0.1", self.place.port)
        number = self.host.open(*where, self.server.user, self.server.password)
        if number == 0:
            self.root()
        return number

    def root(self):
        assert self.host.path(self.base) == 0

    def path(self, folder):
        assert self.host.path(self.base + folder) == 0

    def escape(self):
        """The guard time before `+++` is the one wait in this test that waits for nothing."""
        time.sleep(0.6)
        self.host.write(b"+++")
        self.host.expect(rb"\r\nOK\r\n")

    def wait_for(self, condition, patience=30):
        deadline = time.monotonic() + patience
        while not condition():
            if time.monotonic() > deadline:
                raise Silence("what was looked for did not come about")
            # Between two looks.
            time.sleep(0.01)

    def run(self, rows, report):
        left = list(rows)
        try:
            self.start_server()
            self.start_modem()
            while left:
                key, _, function = left[0]
                report(key, *self.one(function))
                del left[0]
        except Exception:
            # It does not start, or not again after a case that broke.
            for key, _, _ in left:
                report(key, "no start", traceback.format_exc())
        finally:
            self.stop()

    def one(self, function):
        marks = len(self.log.entries), size(self.modem_log), size(self.place.log_path)
        try:
            # Each case begins in the server's folder, where there is a session.
            if self.host.state() == "OPENED":
                self.root()
            seen, fault = function(self), ""
        except cases.NotRun as reason:
            return NOT_RUN, str(reason)
        except Exception as error:
            # A broken case must not take the others with it.
            fault = traceback.format_exc()
            seen = "silence" if isinstance(error, Silence) else "fault"
        details = "\n".join([
            fault + "--- host (< from the module)", self.log.text(marks[0]),
            "--- module, -v", tail(self.modem_log, marks[1]), "--- server", tail(self.place.log_path, marks[2])])
        if fault:
            self.recover()
        return seen, details

    def recover(self):
        """A new module and a new session, so that the next case has a fair beginning."""
        self.stop_modem()
        self.kill_server()
        self.start_server()
        self.start_modem()
        self.log_in()


def size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def tail(path, since):
    with open(path, "rb") as f:
        f.seek(since)
        text = f.read().decode(errors="replace").rstrip()
    # Of the module's log the dialogue, without the pieces of a file.
    text = "\n".join(line for line in text.split("\n") if not re.search(PIECE, line))
    return text if len(text) < 6000 else text[:3000] + "\n...\n" + text[-3000:]


class Results:
    def __init__(self):
        self.cells, self.absent, self.versions, self.idled, self.took = {}, {}, {}, {}, {}
        self.lock = threading.Lock()

    def report(self, server, key, seen, details):
        with self.lock:
            self.cells[server, key] = Cell(seen, expected.of(server, key), details)


def serve(kind, tools, results, register):
    """All of one server."""
    try:
        server = kind(tools)
    except servers.NotHere as reason:
        results.absent[kind.name] = reason
        return
    results.versions[kind.name] = server.version()
    began = time.monotonic()
    stations = []
    for second in (False, True):
        station = Station(server, tools, second, register)
        rows = cases.SECOND if second else cases.MAIN
        thread = threading.Thread(
            target=station.run, daemon=True,
            args=(rows, lambda key, seen, details: results.report(server.name, key, seen, details)))
        thread.start()
        stations.append((station, thread))
    for station, thread in stations:
        thread.join()
        if station.idled is not None:
            results.idled[server.name] = station.idled
    results.took[server.name] = time.monotonic() - began


def build():
    """The program under test, and the one that soaks; $QUASIMODEM names one that is there already, without the other."""
    given = os.environ.get("QUASIMODEM")
    if given:
        return os.path.abspath(given), None
    if not shutil.which("cargo"):
        sys.exit("no cargo to build quasimodem with, and no $QUASIMODEM")
    return cargo("quasimodem", "build"), cargo("soak", "test", "--no-run", "--test", "soak")


def cargo(name, *arguments):
    """The program of that name that cargo builds."""
    done = subprocess.run(["cargo", *arguments, "--quiet", "--message-format=json-render-diagnostics"],
                          cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    messages = map(json.loads, done.stdout.splitlines())
    # The test is built with the program beside it, in either order.
    return next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == name)


def rows():
    return cases.MAIN + cases.SECOND


def table(results, names, mark):
    """Cases by row, servers by column; `mark` shows a cell."""
    heads = ["case"] + [f"{n} {results.versions.get(n, '')}".strip() for n in names]
    lines = []
    for key, title, _ in rows():
        cells = [mark(name, results.cells.get((name, key)), key) for name in names]
        lines.append([title.strip(), *cells])
    return heads, lines


def plain(heads, lines):
    widths = [max(map(len, column)) for column in zip(heads, *lines)]
    def row(cells):
        return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip()
    return "\n".join([row(heads), "  ".join("-" * w for w in widths), *map(row, lines)])


def markdown(results, names):
    """The table, with a number at each cell that differs from the common expectation, and why."""
    reasons = []
    def mark(name, cell, key):
        if name in results.absent:
            return results.absent[name].word
        reason = expected.reason(name, key)
        if not cell.is_as_wanted():
            text = f"**{cell.seen}** (expected {cell.wanted})"
        else:
            text = cell.seen if cell.seen == NOT_RUN else cell.wanted
        if not reason:
            return text
        if reason not in reasons:
            reasons.append(reason)
        return f"{text} [{reasons.index(reason) + 1}]"
    heads, lines = table(results, names, mark)
    def row(cells):
        return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"
    text = [row(heads), "|" + "---|" * len(heads), *map(row, lines), ""]
    text += [f"{number}. {reason}" for number, reason in enumerate(reasons, 1)]
    text += [""] if reasons else []
    idled = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in sorted(results.idled.items()))
    text += [f"Idle clients were sent away after: {idled}."] if idled else []
    return "\n".join(text) + "\n"


def put_into_readme(text):
    path = os.path.join(servers.HERE, "README.md")
    mark = "<!-- measured -->\n"
    with open(path) as f:
        before, _, after = f.read().split(mark)
    with open(path, "w") as f:
        f.write(before + mark + "\n" + text + "\n" + mark + after)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("servers", nargs="*", metavar="SERVER",
                        help="only these: " + ", ".join(kind.name for kind in servers.ALL))
    parser.add_argument("--scratch", required=True, help=argparse.SUPPRESS)
    parser.add_argument("-v", "--verbose", action="store_true", help="print the details of every case")
    parser.add_argument("--readme", action="store_true", help="put the table into tests/interop/README.md")
    options = parser.parse_args()
    unknown = set(options.servers) - {kind.name for kind in servers.ALL}
    if unknown:
        parser.error(f"no such server: {' '.join(sorted(unknown))}")
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _: sys.exit(128 + number))

    kept = os.path.join(REPOSITORY, "target", "interop")
    os.makedirs(kept, exist_ok=True)
    packages = servers.Packages(os.path.join(kept, "packages"), os.path.join(options.scratch, "programs"))
    tools = Tools(REPOSITORY, *build(), kept, options.scratch, packages,
                  "INTEROP_MOUNTS" in os.environ)
    register, results = Register(os.path.join(options.scratch, "pids")), Results()

    began = time.monotonic()
    kinds = [kind for kind in servers.ALL if not options.servers or kind.name in options.servers]
    threads = [threading.Thread(target=serve, args=(kind, tools, results, register), daemon=True) for kind in kinds]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0, began + LIMIT - time.monotonic()))
    finally:
        register.close()
    took = time.monotonic() - began

    names = [kind.name for kind in kinds]
    failed = []
    for name in names:
        for key, title, _ in rows():
            if name in results.absent:
                continue
            cell = results.cells.get((name, key))
            if cell is None:
                cell = results.cells[name, key] = Cell("no time", expected.of(name, key), "it took too long in all")
            if not cell.is_as_wanted():
                failed.append((name, title, cell))

    def mark(name, cell, _key):
        if name in results.absent:
            return results.absent[name].word
        return cell.seen if cell.is_as_wanted() else f"{cell.seen} ! {cell.wanted} expected"
    print(plain(*table(results, names, mark)))
    if options.verbose:
        for (name, key), cell in results.cells.items():
            print(f"\n== {name}: {key}: {cell.seen}\n{cell.details}")
    for name, title, cell in failed:
        print(f"\n== {name}: {title.strip()}: {cell.seen}, expected {cell.wanted}\n{cell.details}")
    text = markdown(results, names)
    with open(os.path.join(REPOSITORY, "target", "interop.md"), "w") as f:
        f.write(text)
    if options.readme:
        put_into_readme(text)

    each = ", ".join(f"{name} {seconds:.0f}" for name, seconds in sorted(results.took.items()))
    print(f"\nin {took:.0f} s ({each}); the table is in target/interop.md")
    for name, reason in sorted(results.absent.items()):
        print(f"{name}: {reason.word}: {reason}")
    not_run = [(name, key, cell) for (name, key), cell in results.cells.items() if cell.seen == NOT_RUN]
    for name, key, cell in not_run:
        print(f"{name}: {key}: not run: {cell.details}")
    print(f"{len(results.cells) - len(failed) - len(not_run)} passed, {len(failed)} failed")
    missing = [name for name, reason in results.absent.items() if not isinstance(reason, servers.NeedsRoot)]
    sys.exit(1 if failed or missing and os.environ.get("CI") == "true" else 0)


if __name__ == "__main__":
    main()

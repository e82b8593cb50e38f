"""The dialogue, case by case. Each case returns what came of it, in a word or two.

`ok` is: the result line has the number that was hoped for, and the file is the same at both ends by its
SHA-256. Another number is the result line's own. What stands behind a comma was seen besides.
"""

import hashlib
import os
import socket
import subprocess
import time

from host import PATIENCE, Silence

HOST, PORT = "ftp.example.com", 21
ACTIVE, PASSIVE = 0, 1
BINARY, ASCII = 0, 1

EVERY_BYTE = bytes(range(256))


def pattern(size, seed):
    """Bytes of every value, no two stretches alike, the same each time."""
    block = b"".join(hashlib.sha256(f"{seed} {n}".encode()).digest() for n in range(-(-size // 32)))
    return (EVERY_BYTE + block)[:size]


BIG = pattern(1_000_003, "big")
MIDDLE = pattern(66_049, "middle")
RESUMED = pattern(3587, "resumed")
SPLIT = 1587
LINES_LF = b"one\ntwo\n\nfour\n" * 100
LINES_CRLF = LINES_LF.replace(b"\n", b"\r\n")
HUGE_SIZE = 16 << 20
NAME_50 = "n" * 46 + ".bin"

# So many transfers in a row, and so many seconds for them.
SOAK = 60
SOAK_PATIENCE = 240

MAIN, SECOND = [], []


class NotRun(Exception):
    """The case cannot be run here, and why."""


def case(title, rows=MAIN):
    def add(function):
        rows.append((function.__name__, title, function))
        return function
    return add


def lay_out(place):
    """The folder as the server finds it."""
    for folder in ("dir", "a", "a/b", "a/b/c", "locked"):
        os.makedirs(os.path.join(place.root, folder), exist_ok=True)
        place.give(os.path.join(place.root, folder))
    for name, data in {"read.bin": MIDDLE, "empty.bin": b"", "resumed.bin": RESUMED, "a/b/c/deep.bin": MIDDLE,
                       "locked.bin": b"locked", "secret.bin": b"secret", "text.txt": LINES_LF,
                       "every.bin": MIDDLE}.items():
        store(place, name, data)
    store(place, "huge.bin", b"")
    os.truncate(os.path.join(place.root, "huge.bin"), HUGE_SIZE)
    for name, mode in {"locked": 0o555, "locked.bin": 0o444, "secret.bin": 0o000}.items():
        os.chmod(os.path.join(place.root, name), mode)


def store(place, name, data):
    path = os.path.join(place.root, name)
    with open(path, "wb") as f:
        f.write(data)
    place.give(path)


def stored(s, name):
    """The file at the server's end; none if there is none."""
    try:
        with open(os.path.join(os.fsencode(s.place.root), os.fsencode(name)), "rb") as f:
            return f.read()
    except FileNotFoundError:
        return None


def same(one, other):
    return one is not None and hashlib.sha256(one).digest() == hashlib.sha256(other).digest()


def up(s, name, data, at=None):
    """Uploads, and compares."""
    number = s.host.put(name, data)
    if number != len(data):
        return str(number)
    there = stored(s, name if at is None else at)
    if same(there, data):
        return "ok"
    return "ok, other name" if there is None else f"ok, other {len(there)} bytes"


def down(s, name, expected):
    """Downloads, and compares."""
    data, number = s.host.get(name)
    if number < 0 or number != len(data):
        return f"{number}" + (f", {len(data)} bytes" if data else "")
    return "ok" if same(data, expected) else f"ok, other {number} bytes"


def ok(number):
    return "ok" if number == 0 else str(number)


def resume_at(s, point):
    assert s.host.configure(3, point) == 0


def both(*words):
    """One word if they agree."""
    return words[0] if len(set(words)) == 1 else "; ".join(words)


# --- accounts

@case("login, wrong password")
def wrong_password(s):
    return str(s.host.open(HOST, PORT, s.server.user, "wrong"))


@case("login, wrong user")
def wrong_user(s):
    return str(s.host.open(HOST, PORT, "nobody-known", s.server.password))


@case("login, anonymous")
def anonymous(s):
    number = s.host.open(HOST, PORT, "", "")
    if number:
        return str(number)
    s.root()
    return both(down(s, "read.bin", MIDDLE), ok(s.host.shut()))


@case("login")
def login(s):
    return ok(s.log_in())


# --- whole files

@case("upload, 66049 bytes of every value")
def upload(s):
    return up(s, "new.bin", MIDDLE)


@case("download, 66049 bytes of every value")
def download(s):
    return down(s, "read.bin", MIDDLE)


@case("upload of 1 byte")
def upload_one(s):
    return up(s, "one.bin", b"\xff")


@case("upload and download of 1000003 bytes")
def upload_big(s):
    return both(up(s, "big.bin", BIG), down(s, "big.bin", BIG))


@case("download of an empty file")
def download_empty(s):
    return down(s, "empty.bin", b"")


@case("download of a missing file")
def download_missing(s):
    return down(s, "missing.bin", b"")


@case("download of a folder")
def download_folder(s):
    return down(s, "dir", b"")


@case("upload over a longer file")
def overwrite(s):
    return up(s, "new.bin", b"short")


@case("upload over a folder")
def upload_folder(s):
    return up(s, "dir", b"data")


@case("upload cut short by its time: 400 of 1000 bytes")
def upload_time(s):
    assert s.host.begin_put("time.bin", 1000, 1) is None
    s.host.write(MIDDLE[:400])
    number = s.host.result("QFTPPUT")
    return "ok" if number == 400 and same(stored(s, "time.bin"), MIDDLE[:400]) else str(number)


# --- paths and names

@case("path that is there")
def path_there(s):
    s.path("dir")
    return both(up(s, "f.bin", MIDDLE, "dir/f.bin"), down(s, "f.bin", MIDDLE))


@case("path that is not there, upload")
def path_missing_upload(s):
    s.path("nowhere")
    return up(s, "f.bin", b"data")


@case("path that is not there, download")
def path_missing_download(s):
    s.path("nowhere")
    return down(s, "f.bin", b"")


@case("nested path")
def path_nested(s):
    s.path("a/b/c")
    return both(down(s, "deep.bin", MIDDLE), up(s, "f.bin", MIDDLE, "a/b/c/f.bin"))


@case("nested path in the name, from the login folder")
def name_nested(s):
    assert s.host.path("") == 0
    return both(down(s, "a/b/c/deep.bin", MIDDLE), up(s, "a/b/g.bin", MIDDLE))


def round_trip(s, name):
    return both(up(s, name, MIDDLE), down(s, name, MIDDLE))


@case("name with blanks")
def name_blanks(s):
    return round_trip(s, "two  words and more.bin")


@case("name with a blank in front")
def name_blank_first(s):
    return round_trip(s, " first.bin")


@case("name in UTF-8")
def name_utf8(s):
    return round_trip(s, "Größe ж.bin".encode())


@case("name in Latin-1")
def name_latin1(s):
    return round_trip(s, "Größe.bin".encode("latin-1"))


@case("name with the byte FF")
def name_ff(s):
    return round_trip(s, b"y\xffy.bin")


@case("name of 50 bytes")
def name_50(s):
    return round_trip(s, NAME_50)


@case("name of 51 bytes")
def name_51(s):
    return both(str(s.host.begin_put("n" + NAME_50, 5)), str(s.host.begin_get("n" + NAME_50)))


# --- active data connections

@case("active: upload")
def active_upload(s):
    assert s.host.configure(1, ACTIVE) == 0
    return up(s, "active.bin", MIDDLE)


@case("active: download")
def active_download(s):
    return down(s, "read.bin", MIDDLE)


@case("active: download of a missing file")
def active_missing(s):
    return down(s, "missing.bin", b"")


@case("active: resumed download")
def active_resume(s):
    resume_at(s, SPLIT)
    return down(s, "resumed.bin", RESUMED[SPLIT:])


@case("passive again")
def passive_again(s):
    assert s.host.configure(1, PASSIVE) == 0
    return round_trip(s, "passive.bin")


# --- the resume point

@case("resumed upload")
def resume_upload(s):
    first = up(s, "parts.bin", RESUMED[:SPLIT])
    if first != "ok":
        return first
    resume_at(s, SPLIT)
    number = s.host.put("parts.bin", RESUMED[SPLIT:])
    if number != len(RESUMED) - SPLIT:
        return str(number)
    return "ok" if same(stored(s, "parts.bin"), RESUMED) else "ok, other file"


@case("resumed upload into the middle: 500 bytes at 1000 of 3587")
def resume_middle(s):
    store(s.place, "middle.bin", RESUMED)
    resume_at(s, 1000)
    number = s.host.put("middle.bin", MIDDLE[:500])
    if number != 500:
        return str(number)
    begun = RESUMED[:1000] + MIDDLE[:500]
    there = stored(s, "middle.bin")
    return "ok" if same(there, begun + RESUMED[1500:]) else "ok, cut" if same(there, begun) else "ok, other file"


@case("resumed upload beyond the end: 5 bytes at 10 of 3")
def resume_upload_beyond(s):
    store(s.place, "beyond.bin", b"abc")
    resume_at(s, 10)
    number = s.host.put("beyond.bin", b"hello")
    resume_at(s, 0)
    if number != 5:
        return str(number)
    there = stored(s, "beyond.bin")
    return {b"abc" + bytes(7) + b"hello": "ok, gap", b"abchello": "ok, appended"}.get(there, f"ok, {there!r}")


@case("resumed download")
def resume_download(s):
    resume_at(s, SPLIT)
    return both(down(s, "resumed.bin", RESUMED[SPLIT:]), down(s, "resumed.bin", RESUMED))


@case("resumed download at the end")
def resume_at_end(s):
    resume_at(s, len(RESUMED))
    seen = down(s, "resumed.bin", b"")
    resume_at(s, 0)
    return seen


@case("resumed download beyond the end")
def resume_download_beyond(s):
    resume_at(s, len(RESUMED) + 1)
    seen = down(s, "resumed.bin", b"")
    resume_at(s, 0)
    return seen


# --- ASCII

def ascii_of(sent, arrived, to_server):
    if same(arrived, sent):
        return "as is"
    bare = sent.replace(b"\r\n", b"\n")
    if to_server:
        changes = {"LF": bare, "CR gone": sent.replace(b"\r", b"")}
    else:
        changes = {"CRLF": sent.replace(b"\n", b"\r\n"), "CRLF once": bare.replace(b"\n", b"\r\n")}
    for word, changed in changes.items():
        if same(arrived, changed):
            return word
    return "no file" if arrived is None else f"{len(arrived)} of {len(sent)} bytes"


def ascii_up(s, name, data):
    number = s.host.put(name, data)
    return ascii_of(data, stored(s, name), True) if number == len(data) else str(number)


def ascii_down(s, name, data):
    got, number = s.host.get(name)
    return ascii_of(data, got, False) if number >= 0 and number == len(got) else str(number)


@case("ASCII: upload of CR LF lines")
def ascii_upload(s):
    assert s.host.configure(2, ASCII) == 0
    return ascii_up(s, "ascii.txt", LINES_CRLF)


@case("ASCII: download of LF lines")
def ascii_download(s):
    return ascii_down(s, "text.txt", LINES_LF)


@case("ASCII: upload of every byte value")
def ascii_upload_every(s):
    return ascii_up(s, "ascii.bin", MIDDLE)


@case("ASCII: download of every byte value")
def ascii_download_every(s):
    return ascii_down(s, "every.bin", MIDDLE)


@case("ASCII: resumed download")
def ascii_resume(s):
    resume_at(s, 4)
    got, number = s.host.get("text.txt")
    resume_at(s, 0)
    return ascii_of(LINES_LF[4:], got, False) if number >= 0 else str(number)


@case("ASCII: resumed upload")
def ascii_resume_upload(s):
    store(s.place, "asciiparts.txt", b"one\n")
    resume_at(s, 4)
    number = s.host.put("asciiparts.txt", b"two\r\n")
    resume_at(s, 0)
    if number != 5:
        return str(number)
    there = stored(s, "asciiparts.txt")
    return {b"one\ntwo\n": "LF", b"one\ntwo\r\n": "as is"}.get(there, repr(there))


@case("binary again")
def binary_again(s):
    assert s.host.configure(2, BINARY) == 0
    return round_trip(s, "binary.bin")


# --- what the server may not do

@case("upload into a read-only folder")
def locked_folder(s):
    s.path("locked")
    return up(s, "f.bin", b"data", "locked/f.bin")


@case("upload over a read-only file")
def locked_file(s):
    return up(s, "locked.bin", b"data")


@case("download of an unreadable file")
def secret_file(s):
    return down(s, "secret.bin", b"secret")


@case("upload of 3 MiB where the disk takes 2")
def disk_full(s):
    if not s.tools.may_mount:
        raise NotRun("a small file system can be mounted by root only")
    folder = os.path.join(s.place.root, "small")
    os.mkdir(folder)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=777", "tmpfs", folder], check=True)
    s.path("small")
    return str(s.host.put("full.bin", b"x" * (3 << 20)))


@case("upload after one that failed so")
def after_disk_full(s):
    return round_trip(s, "after.bin")


# --- many transfers

@case(f"{SOAK} transfers by chance, one after the other")
def soak(s):
    """`tests/soak.rs`, with a module and two hosts of its own."""
    if not s.server.writes_at_once:
        return "buffered"
    if not s.tools.soak:
        raise NotRun("$QUASIMODEM is given, and the program that soaks was not built with it")
    server = f"127.0.0.1:{s.place.port}:{s.server.user}:{s.server.password}:{s.place.root}"
    with open(s.modem_log, "ab") as log:
        process = s.register.spawn([s.tools.soak, "--nocapture"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   env={**os.environ, "SOAK": str(SOAK), "SOAK_SERVER": server})
    try:
        status = process.wait(SOAK_PATIENCE)
    finally:
        s.register.kill(process)
    return "ok" if status == 0 else f"status {status}"


# --- the end of a session

@case("close amid a download: its result, the close's")
def close_amid_download(s):
    assert s.host.begin_get("huge.bin") is None
    take_some(s)
    s.escape()
    assert s.host.say("AT+QFTPCLOSE") == "OK"
    get, close = s.host.result("QFTPGET"), s.host.result("QFTPCLOSE")
    return "ok" if (get, close) == (-1, 0) else f"{get}, {close}"


@case("close amid an upload: its result, the close's")
def close_amid_upload(s):
    assert s.log_in() == 0
    assert s.host.begin_put("part.bin", 1 << 20) is None
    s.host.write(MIDDLE)
    s.escape()
    assert s.host.say("AT+QFTPCLOSE") == "OK"
    put, close = s.host.result("QFTPPUT"), s.host.result("QFTPCLOSE")
    return "ok" if (put, close) == (-1, 0) else f"{put}, {close}"


@case("session after a close amid a transfer")
def session_after_close(s):
    return again(s)


def again(s):
    number = s.log_in()
    return round_trip(s, "again.bin") if number == 0 else str(number)


def lost(s, number):
    """The number, and whatever of the rest is not as it is to be: CLOSED, and closed again at ease."""
    rest = (s.host.state(), s.host.shut())
    return str(number) if rest == ("CLOSED", 0) else f"{number}, {rest}"


@case("server killed, idle")
def killed_idle(s):
    s.kill_server()
    return lost(s, s.host.result("QFTPERROR"))


@case("session after a kill while idle")
def after_killed_idle(s):
    s.start_server()
    return again(s)


@case("server killed amid an upload")
def killed_amid_upload(s):
    assert s.host.begin_put("killed.bin", 4 << 20) is None
    s.host.write(BIG)
    # It is amid the upload once it writes.
    s.wait_for(lambda: stored(s, "killed.bin"))
    s.kill_server()
    number = s.host.result("QFTPPUT")
    s.host.come_round()
    return lost(s, number)


@case("session after a kill amid an upload")
def after_killed_upload(s):
    s.start_server()
    return again(s)


@case("server killed amid a download")
def killed_amid_download(s):
    assert s.host.begin_get("huge.bin") is None
    take_some(s)
    s.kill_server()
    _, number = s.host.rest_of_get()
    return lost(s, number)


@case("session after a kill amid a download")
def after_killed_download(s):
    s.start_server()
    return both(again(s), ok(s.host.shut()))


def take_some(s):
    s.host.expect(rb"\0{60000}")


# --- the second session: another profile, and a server with short limits

@case("another profile: path that is there, CWD at once", SECOND)
def cwd_there(s):
    assert s.log_in() == 0
    number = s.host.path(s.base + "dir")
    if number:
        return str(number)
    # Names are relative to it now.
    return both(up(s, "cwd.bin", MIDDLE, "dir/cwd.bin"), down(s, "cwd.bin", MIDDLE))


@case("another profile: path that is not there, CWD at once", SECOND)
def cwd_missing(s):
    return str(s.host.path(s.base + "nowhere"))


@case("another profile: +++ ends a download, and the session goes on", SECOND)
def escape_ends(s):
    assert s.host.path(s.base) == 0
    assert s.host.begin_get("huge.bin") is None
    take_some(s)
    s.escape()
    number = s.host.result("QFTPGET")
    return round_trip(s, "inabort.bin") if number >= 60000 else str(number)


@case("upload above a limit of its own (1 MiB)", SECOND)
def own_limit(s):
    if not s.server.own_limit:
        return "none"
    number = s.host.put("limit.bin", b"x" * 1_600_000)
    return str(number)


@case("idle for too long", SECOND)
def idle(s):
    if s.host.state() != "OPENED":
        assert s.log_in() == 0
    if not s.server.idle:
        return "never"
    began, seen = time.monotonic(), []
    while "-6" not in seen:
        try:
            seen.append(str(s.host.result("QFTPERROR", s.server.idle + PATIENCE)))
        except Silence:
            seen.append("silence")
            break
    s.idled = time.monotonic() - began
    number = ", ".join(seen)
    return lost(s, number)


@case("session after an idle one", SECOND)
def after_idle(s):
    if not s.server.idle:
        return "never"
    number = s.log_in()
    return down(s, "read.bin", MIDDLE) if number == 0 else str(number)


@case("login when no more clients are served", SECOND)
def crowd(s):
    if s.host.state() == "OPENED":
        assert s.host.shut() == 0
    if not s.server.clients:
        return "no limit"
    crowd = []
    try:
        # Sessions that have just ended may still be counted, but no more than so many fit.
        greeting = b"220"
        while greeting == b"220" and len(crowd) <= s.server.clients:
            crowd.append(socket.create_connection(("127.0.0.1", s.place.port), PATIENCE))
            crowd[-1].settimeout(PATIENCE)
            greeting = crowd[-1].recv(3)
        number = s.log_in()
        return "ok" if number == 0 else str(number)
    finally:
        for one in crowd:
            one.close()

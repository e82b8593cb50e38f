"""What is expected of each case: in common, and where a server differs, with one sentence why."""

COMMON = {
    "wrong_password": "-530",
    "wrong_user": "-530",
    "anonymous": "ok",
    "login": "ok",
    "upload": "ok",
    "download": "ok",
    "upload_one": "ok",
    "upload_big": "ok",
    "download_empty": "ok",
    "download_missing": "-550",
    "download_folder": "-550",
    "overwrite": "ok",
    "upload_folder": "-550",
    "upload_time": "ok",
    "path_there": "ok",
    "path_missing_upload": "-550",
    "path_missing_download": "-550",
    "path_nested": "ok",
    "name_nested": "ok",
    "name_blanks": "ok",
    "name_blank_first": "ok",
    "name_utf8": "ok",
    "name_latin1": "ok",
    "name_ff": "ok",
    "name_50": "ok",
    "name_51": "ERROR",
    "active_upload": "ok",
    "active_download": "ok",
    "active_missing": "-550",
    "active_resume": "ok",
    "passive_again": "ok",
    "resume_upload": "ok",
    "resume_middle": "ok",
    "resume_upload_beyond": "-1",
    "resume_download": "ok",
    "resume_at_end": "ok",
    "resume_download_beyond": "-1",
    "ascii_upload": "LF",
    "ascii_download": "CRLF",
    "ascii_upload_every": "LF",
    "ascii_download_every": "CRLF once",
    "ascii_resume": "-501",
    "ascii_resume_upload": "-501",
    "binary_again": "ok",
    "locked_folder": "-550",
    "locked_file": "-550",
    "secret_file": "-550",
    "disk_full": "-1",
    "after_disk_full": "ok",
    "soak": "ok",
    "close_amid_download": "ok",
    "close_amid_upload": "ok",
    "session_after_close": "ok",
    "killed_idle": "-6",
    "after_killed_idle": "ok",
    "killed_amid_upload": "-6",
    "after_killed_upload": "ok",
    "killed_amid_download": "-6",
    "after_killed_download": "ok",
    "cwd_there": "ok",
    "cwd_missing": "-550",
    "escape_ends": "ok",
    "own_limit": "none",
    "idle": "-421, -6",
    "after_idle": "ok",
    "crowd": "-421",
}

_NO_ANONYMOUS = "No anonymous account is set up there: its folder would need root, or the server has but one account."
_553 = "vsftpd and pure-ftpd refuse a file that they cannot create with 553, where others say 550."
_BYTES = "A file's name must be UTF-8 there: other bytes become U+FFFD, in uploads and downloads alike."
_IAC = ("A byte FF is sent doubled, as Telnet and so RFC 959 have it; only proftpd takes that back, the others store a "
        "name with two, libunftp and pyftpdlib as two U+FFFD.")
_CUT = "libunftp and pure-ftpd cut the file off at the resume point; the others leave what stands behind."
_GAP = "vsftpd and libunftp fill up to the resume point with zeros, where others say 554."
_APPENDED = "pure-ftpd appends at the end of the file, however far beyond it the resume point is."
_NOTHING = "vsftpd and libunftp send an empty file from beyond the end, where others say 554."
_IMAGE = "libunftp does not convert: ASCII is sent and stored as binary."
_ASCII_RESUME_VS = "vsftpd takes REST in ASCII and refuses the download with 550, and the upload not at all."
_ASCII_RESUME_PURE = "pure-ftpd takes REST in ASCII and refuses the transfer with 503, which chapter 3 does not list."
_PURE_ASCII_UP = "pure-ftpd drops every CR of an ASCII upload, also one without LF."
_PURE_ASCII_DOWN = "pure-ftpd puts a CR before every LF, also where there is one."
_UNFTP_FULL = "libunftp says 452 of a full disk, where others say 451 (which chapter 3 does not list)."
_PRO_FULL = "proftpd says 452 of a full disk, or 451 where a part of its last write still fitted."
_PY_FULL = ("pyftpdlib says 426; or, where the rest in its buffer cannot be written when it closes the file, nothing "
            "at all: then the module waits two seconds for a word and reports the closed data connection, -7.")
_BUFFERED = ("pyftpdlib and pure-ftpd keep what they receive in a buffer; the soak asks the file whether all has come, and "
             "is not run there.")
_OWN = "proftpd (MaxStoreFileSize) and pure-ftpd (quota) have a limit of their own and say 552."
_CROWD = "proftpd says 530 to one client too many (MaxConnectionsPerHost), where others say 421."
_WEEK = "The built-in server lets a client be idle for a week, and serves any number of them."

# By server: case, what is seen instead, why.
DEVIATIONS = {
    "libunftp": [
        ("anonymous", "-530", _NO_ANONYMOUS),
        ("name_latin1", "ok, other name; ok", _BYTES),
        ("name_ff", "ok, other name; ok", _IAC),
        ("resume_middle", "ok, cut", _CUT),
        ("resume_upload_beyond", "ok, gap", _GAP),
        ("resume_download_beyond", "ok", _NOTHING),
        ("ascii_upload", "as is", _IMAGE),
        ("ascii_download", "as is", _IMAGE),
        ("ascii_upload_every", "as is", _IMAGE),
        ("ascii_download_every", "as is", _IMAGE),
        ("ascii_resume", "as is", _IMAGE),
        ("ascii_resume_upload", "as is", _IMAGE),
        ("disk_full", "-452", _UNFTP_FULL),
        ("idle", "never", _WEEK),
        ("after_idle", "never", _WEEK),
        ("crowd", "no limit", _WEEK),
    ],
    "pyftpdlib": [
        ("name_latin1", "ok, other name; ok", _BYTES),
        ("name_ff", "ok, other name; ok", _IAC),
        ("disk_full", "-426 or -7", _PY_FULL),
        ("soak", "buffered", _BUFFERED),
    ],
    "vsftpd": [
        ("upload_folder", "-553", _553),
        ("path_missing_upload", "-553", _553),
        ("name_ff", "ok, other name; ok", _IAC),
        ("resume_upload_beyond", "ok, gap", _GAP),
        ("resume_download_beyond", "ok", _NOTHING),
        ("ascii_resume", "-550", _ASCII_RESUME_VS),
        ("ascii_resume_upload", "LF", _ASCII_RESUME_VS),
        ("locked_folder", "-553", _553),
        ("locked_file", "-553", _553),
    ],
    "proftpd": [
        ("anonymous", "-530", _NO_ANONYMOUS),
        ("disk_full", "-1 or -452", _PRO_FULL),
        ("own_limit", "-552", _OWN),
        ("crowd", "-530", _CROWD),
    ],
    "pure-ftpd": [
        ("anonymous", "-530", _NO_ANONYMOUS),
        ("upload_folder", "-553", _553),
        ("path_missing_upload", "-553", _553),
        ("name_ff", "ok, other name; ok", _IAC),
        ("resume_middle", "ok, cut", _CUT),
        ("resume_upload_beyond", "ok, appended", _APPENDED),
        ("ascii_upload_every", "CR gone", _PURE_ASCII_UP),
        ("ascii_download_every", "CRLF", _PURE_ASCII_DOWN),
        ("ascii_resume", "-1", _ASCII_RESUME_PURE),
        ("ascii_resume_upload", "-1", _ASCII_RESUME_PURE),
        ("locked_folder", "-553", _553),
        ("locked_file", "-553", _553),
        ("soak", "buffered", _BUFFERED),
        ("own_limit", "-552", _OWN),
    ],
}


def _deviation(server, case):
    return next((d for d in DEVIATIONS[server] if d[0] == case), None)


def of(server, case):
    found = _deviation(server, case)
    return found[1] if found else COMMON[case]


def reason(server, case):
    found = _deviation(server, case)
    return found[2] if found else None

"""Looks at the page of a report in a real browser: clicks a cell, and reads the command that repeats it.

    browser.py FOLDER PAGE CELL [PICTURE]

The browser is Debian's Chromium, installed or unpacked into FOLDER. Prints the command. Exit status 3: there is no
browser to be had.
"""

import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))
from servers import NotHere, Packages, libraries  # noqa: E402

# What headless Chromium needs to hear so that it asks nobody for anything.
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update",
    "--disable-background-networking", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1400,1000",
]
# Most time that anything takes, in seconds.
PATIENCE = 60


def find(folder):
    """The browser, its driver, and the variables that they need."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser and driver:
        return browser, driver, {}
    root = os.path.join(folder, "chromium")
    browser, driver = (os.path.join(root, "usr", path) for path in ("lib/chromium/chromium", "bin/chromedriver"))
    packages = Packages(os.path.join(folder, "debs"), folder)
    env = {"FONTCONFIG_PATH": os.path.join(root, "etc/fonts"), "XDG_DATA_HOME": os.path.join(root, "usr/share")}
    if os.path.exists(os.path.join(root, "whole")):
        return browser, driver, {**env, "LD_LIBRARY_PATH": libraries(root)}
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise NotHere("chromium is not installed, and without apt-get it cannot be fetched")
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root)
    wanted = ["chromium", "chromium-common", "chromium-driver", "fontconfig-config", "fonts-dejavu-core"]
    for package in wanted:
        packages.unpack(package, root)
    env.update(packages.complete(root, wanted, [browser, driver]))
    pathlib.Path(root, "whole").touch()
    return browser, driver, env


class Driver:
    """A session of W3C WebDriver."""

    def __init__(self, browser, driver, env, scratch):
        command = [driver, "--port=0", "--allowed-ips=127.0.0.1"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        env={**os.environ, **env})
        port = None
        for line in self.process.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                port = found[1]
                break
        if not port:
            raise SystemExit("chromedriver does not start")
        self.base = f"http://127.0.0.1:{port}/session"
        options = {"binary": browser, "args": [*ARGUMENTS, f"--user-data-dir={scratch}"]}
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}}
        self.base += "/" + self.call("POST", "", wanted)["sessionId"]

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method)
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise SystemExit(json.load(error)["value"]["message"]) from None

    def element(self, selector):
        found = self.call("POST", "/element", {"using": "css selector", "value": selector})
        return "/element/" + next(iter(found.values()))

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.process.terminate()
            self.process.wait(PATIENCE)


def main(folder, page, cell, picture=None):
    try:
        browser, driver, env = find(folder)
    except NotHere as error:
        print(error, file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory() as scratch:
        session = Driver(browser, driver, env, scratch)
        try:
            session.call("POST", "/url", {"url": pathlib.Path(page).absolute().as_uri()})
            button = session.element(f'[data-cell="{cell}"]')
            session.call("POST", f"{button}/click", {})
            repeat = session.element("#repeat")
            limit = time.monotonic() + PATIENCE
            while not (text := session.call("GET", f"{repeat}/text")) and time.monotonic() < limit:
                time.sleep(0.05)
            if picture:
                pathlib.Path(picture).write_bytes(base64.b64decode(session.call("GET", "/screenshot")))
            print(text)
        finally:
            session.close()
    return 0


sys.exit(main(*sys.argv[1:]))

"""A lab host as a Python context manager, for tests that drive a real booted Debian.

The host ends with this process, also when that is killed, so a broken test leaves nothing behind.
Standard library only. Needs root.
SPDX-License-Identifier: Apache-2.0
"""

import hashlib
import os
import signal
import stat
import subprocess
import time
from pathlib import Path

LAB = Path(__file__).resolve().parent / "lab"
PACKAGES = LAB.parents[2] / "tools/packages.list"


class LabError(Exception):
    """A command failed or a limit passed; the text has what the command said."""


def _text(output):
    return output if isinstance(output, str) else (output or b"").decode(errors="replace")


def _call(argv, check, timeout, data=None, text=True):
    """Runs argv; kills the whole process group at the limit (seconds), or a child could hold the
    pipe open and make us wait for it for ever."""
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL if data is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=text,
        errors="replace" if text else None,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(data, timeout)
    except BaseException as problem:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        if isinstance(problem, subprocess.TimeoutExpired):
            raise LabError(f"{argv}: still busy after {timeout} s\n{_text(out)}{_text(err)}") from None
        raise
    if check and process.returncode:
        raise LabError(f"{argv}: exit status {process.returncode}\n{_text(out)}{_text(err)}")
    return subprocess.CompletedProcess(argv, process.returncode, out, err)


def wait_for(condition, limit=30.0, what="condition", every=0.05):
    """Returns condition()'s first true value; asks again and again for at most limit seconds."""
    end = time.monotonic() + limit
    while True:
        if value := condition():
            return value
        if time.monotonic() > end:
            raise LabError(f"{what}: not within {limit} s")
        time.sleep(every)


class LabHost:
    """with LabHost("name", "bookworm") as host: host.run(["systemctl", "is-active", "apache2"])

    A scenario's host has the packages of the section of that name in tools/packages.list as well,
    where there is one; `words` are the scenario's own options.
    """

    def __init__(self, name, suite, scenario=None, words=()):
        self.name, self.suite, self.scenario, self.words = name, suite, scenario, words

    def __enter__(self):
        # The base may have to be built first.
        own = f"\n{self.scenario}:" in PACKAGES.read_text()
        _call([LAB, "up", self.name, self.suite, *(["--with", self.scenario] if own else []),
               "--with-parent", str(os.getpid())], True, 900)
        try:
            if self.scenario:
                self.play(self.scenario, *self.words)
        except BaseException:
            self.down()
            raise
        return self

    def __exit__(self, *_):
        self.down()

    def down(self):
        _call([LAB, "down", self.name], False, 60)

    def play(self, scenario, *words):
        """Runs a script of the folder scenario/ inside, for example "web"."""
        self.push(LAB.parent / "scenario" / scenario, f"/root/scenario-{scenario}")
        self.run([f"/root/scenario-{scenario}", *words])

    def run(self, cmd, check=True, timeout=120, data=None, text=True, tty=False):
        """Runs cmd (a list, or a line for sh) inside; data goes to its standard input."""
        argv = ["sh", "-c", cmd] if isinstance(cmd, str) else [str(word) for word in cmd]
        flags = ["-t"] if tty else []
        return _call([LAB, "run", *flags, self.name, *argv], check, timeout, data, text)

    def start(self, cmd, **popen):
        """Starts cmd inside and returns the Popen, for what must go on meanwhile. It is killed
        with the host at the latest."""
        argv = ["sh", "-c", cmd] if isinstance(cmd, str) else [str(word) for word in cmd]
        return subprocess.Popen([LAB, "run", self.name, *argv], **popen)

    def net(self, *cmd, check=True, timeout=120, data=None):
        """Runs a program of this machine in the host's network: sslscan, ssh-audit, openssl."""
        return _call([LAB, "net", self.name, *map(str, cmd)], check, timeout, data)

    def root(self):
        """The host's root as this machine sees it. Never follow its absolute symlinks."""
        return Path(_call([LAB, "path", self.name], True, 10).stdout.strip())

    def push(self, source, target):
        _call([LAB, "push", self.name, str(source), target], True, 120)

    def read(self, path):
        return self.run(["cat", path], text=False).stdout

    def write(self, path, data, mode=None):
        """Writes in place, as an editor does: an existing file keeps its inode and owner."""
        script = 'cat >"$1"; [ -z "$2" ] || chmod "$2" "$1"'
        octal = "" if mode is None else f"{mode:o}"
        self.run(["sh", "-ec", script, "-", path, octal], data=data, text=False)

    def wait_active(self, unit, limit=30.0):
        wait_for(
            lambda: self.run(["systemctl", "is-active", unit], check=False).returncode == 0,
            limit,
            f"{unit} active",
        )

    def snapshot(self, folder):
        """{path: (type, mode, uid, gid, xattrs, content hash or link target)} of all below
        folder, itself included; device nodes have their number, other types None."""
        root = self.root()
        top = root / folder.strip("/")
        found = {}
        for path in [top, *sorted(_walk(top))]:
            found["/" + str(path.relative_to(root))] = _entry(path)
        return found

    def snapshot_etc(self):
        return self.snapshot("/etc")


def _walk(folder):
    for entry in os.scandir(folder):
        yield Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)


def _entry(path):
    info = path.lstat()
    kind = stat.S_IFMT(info.st_mode)
    names = sorted(os.listxattr(path, follow_symlinks=False))
    xattrs = tuple((name, os.getxattr(path, name, follow_symlinks=False)) for name in names)
    content = None
    if kind == stat.S_IFREG:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    elif kind == stat.S_IFLNK:
        content = os.readlink(path)
    elif kind in (stat.S_IFCHR, stat.S_IFBLK):
        content = info.st_rdev
    types = {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "link"}
    return types.get(kind, "other"), stat.S_IMODE(info.st_mode), info.st_uid, info.st_gid, xattrs, content


def differences(before, after):
    """One line per path that appeared, vanished or changed between two snapshots, and how."""
    fields = ("type", "mode", "uid", "gid", "xattrs", "content")
    for path in sorted(before.keys() | after.keys()):
        if path not in after:
            yield f"gone: {path}"
        elif path not in before:
            yield f"new: {path}"
        elif before[path] != after[path]:
            pairs = zip(fields, before[path], after[path])
            yield f"changed: {path}: " + ", ".join(
                f"{field} {old!r} -> {new!r}" for field, old, new in pairs if old != new
            )

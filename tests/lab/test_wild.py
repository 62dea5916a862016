"""Files as administrators write them (tests/wild) on hosts whose daemons read them: plan shows all that
changes and touches no line that it need not, what a date wants is proven, and undo brings every byte back.
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import tempfile
import unittest
from pathlib import Path

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../wild")]
import wild  # noqa: E402
from lablib import differences  # noqa: E402
from product import OnHost, ask  # noqa: E402

DATE = "20261101"
UNITS = {"postfix": "postfix", "dovecot": "dovecot", "apache": "apache2"}
SERVICES = {"postfix": "postfix", "dovecot": "dovecot", "apache": "httpd"}
ONLY = tuple(word for name in SERVICES.values() for word in ("--service", name))
PACKAGED = "/root/packaged"
# The packaged one stays: that of tests/wild is too short to start with, and only says what is read.
KEPT = {("apache", "apache2.conf")}


class Suite(OnHost):
    scenario = "mail"
    refused = {}   # (service, name): what the daemon says of it
    rounds = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folders = " ".join("/" + folder for folder in wild.ETC.values())
        cls.host.run(f"a2enmod -q ssl && mkdir {PACKAGED} && cp -a {folders} {PACKAGED}")

    def plant(self, files):
        """The packaged folders with these files over them, under the daemons that take them."""
        folders = " ".join("/" + folder for folder in wild.ETC.values())
        self.host.run(f"rm -rf {folders} /etc/tlspolicy /var/lib/tlspolicy; cp -a {PACKAGED}/* /etc")
        with tempfile.TemporaryDirectory() as tree:
            os.chmod(tree, 0o755)
            for service, name in files:
                for path, content in wild.content_of(service, name).items():
                    target = Path(tree, wild.ETC[service], path)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    if (service, path) in KEPT:
                        continue
                    if isinstance(content, str):
                        target.symlink_to(content)
                    else:
                        target.write_bytes(content)
            self.host.push(tree, "/")
        for service, unit in UNITS.items():
            refused = any(one in self.refused for one in files if one[0] == service)
            seen = self.host.run(["systemctl", "restart", unit], check=False)
            self.assertEqual(seen.returncode != 0, refused, f"{service}: {seen.stderr}")

    def test_the_daemons_take_them_and_every_byte_comes_back(self):
        said = []
        for files in self.rounds:
            with self.subTest(files=files):
                self.plant(files)
                said += wild.written(files, self.there_and_back(files))
        self.assertEqual(*wild.golden(said, f"touched_{self.suite}.txt"))

    def there_and_back(self, files):
        """Plan, set and undo; the lines touched, {path: lines}."""
        taken = {SERVICES[service] for service, name in files if (service, name) not in self.refused}
        before = self.host.snapshot_etc()
        shown = {file["path"]: file["diff"] for service in ask(self.host, "plan", DATE, *ONLY)["services"]
                 for file in service["files"]}
        old = {path: self.host.read(path) for path in shown if path in before}
        self.assertEqual(list(differences(before, self.host.snapshot_etc())), [], "by plan")
        done = ask(self.host, "set", DATE, "--weaker", *ONLY)
        for service in done["services"]:
            self.assertEqual(service["fate"], "kept", service)
            for verdict in service["endpoints"]:
                self.assertEqual(verdict["outcome"], "complies", verdict)
        self.assertEqual({service["service"] for service in done["services"]} & taken, taken, done)
        lines = self.changed(shown, old, before)
        self.done("undo", "--weaker")
        self.assertEqual(list(differences(before, self.host.snapshot_etc())), [])
        return lines

    def changed(self, shown, old, before):
        """The diffs of plan are all that changed; {path: the administrator's lines in it}."""
        after, lines = self.host.snapshot_etc(), {}
        changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        self.assertEqual({path for path in changed if not path.startswith("/etc/tlspolicy")}, set(shown))
        for path, diff in shown.items():
            was, now = old.get(path, b""), self.host.read(path)
            self.assertEqual(wild.applied(diff, was.decode())[0], now.decode(), path)
            lines[path[1:]] = wild.touched(was, now) if path in old else None
        return lines


class Bookworm(Suite, unittest.TestCase):
    suite = "bookworm"
    rounds = wild.own()
    refused = {("dovecot", "words-of-2.4"): "2.3 knows no dovecot_config_version"}


class Trixie(Suite, unittest.TestCase):
    suite = "trixie"
    rounds = [[("postfix", "rows-of-all-kinds"), ("dovecot", "words-of-2.4"), ("apache", "shop")]]


if __name__ == "__main__":
    unittest.main()

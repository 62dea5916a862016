"""Files as administrators write them (tests/wild) on a host whose daemons read them: what the date
needs changes, everything serves, and undo brings every byte back.
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../wild")]
from lablib import LabHost, differences  # noqa: E402
from product import checked, install, tlspolicy  # noqa: E402
from wild import ETC, HERE as WILD  # noqa: E402

UNITS = {"postfix": "postfix", "dovecot": "dovecot", "apache": "apache2"}
ONLY = ("--service", "postfix", "--service", "dovecot", "--service", "httpd")
ROUNDS = (
    {"postfix": "isp-of-2009", "dovecot": "folder", "apache": "shop"},
    {"postfix": "rows-of-all-kinds", "dovecot": "one-file", "apache": "snippets"},
)


class Wild(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = LabHost(f"wild-{os.getpid()}", "bookworm", scenario="mail").__enter__()
        cls.addClassCleanup(cls.host.down)
        install(cls.host)
        cls.host.run("a2enmod -q ssl && cp -a /etc /etc.packaged")

    def plant(self, service, name):
        """The packaged folder with these files over it; Apache keeps its own apache2.conf."""
        etc = "/" + ETC[service]
        self.host.run(f"rm -rf {etc} && cp -a /etc.packaged/{os.path.basename(etc)} {etc}")
        for path in sorted((WILD / service / name).rglob("*")):
            if path.is_file() and path.name != "apache2.conf":
                target = f"{etc}/{path.relative_to(WILD / service / name)}"
                self.host.run(["mkdir", "-p", os.path.dirname(target)])
                self.host.write(target, path.read_bytes())
        self.host.run(["systemctl", "restart", UNITS[service]])

    def done(self, *words):
        seen = tlspolicy(self.host, *words, timeout=300)
        self.assertEqual(seen.returncode, 0, f"{words}\n{seen.stdout}{seen.stderr}")

    def test_the_daemons_take_what_is_written_and_every_byte_comes_back(self):
        for files in ROUNDS:
            with self.subTest(**files):
                for service, name in files.items():
                    self.plant(service, name)
                before = self.host.snapshot_etc()
                self.done("set", "20261101", "--weaker", *ONLY)
                verdicts = checked(self.host, *ONLY)
                self.assertGreaterEqual(len(verdicts), 10)
                for endpoint, verdict in verdicts.items():
                    self.assertEqual(verdict["outcome"], "complies", f"{endpoint}: {verdict}")
                self.done("undo", "--weaker")
                self.assertEqual(list(differences(before, self.host.snapshot_etc())), [])
                for unit in UNITS.values():
                    self.host.wait_active(unit)


if __name__ == "__main__":
    unittest.main()

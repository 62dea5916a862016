"""Tries lablib.LabHost with the web scenario on both suites: what the other tests stand on.
Run as root: python3 tests/lab/test_lablib.py
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from lablib import LabError, LabHost, differences, wait_for  # noqa: E402


class Suite:
    suite = ""

    @classmethod
    def setUpClass(cls):
        cls.host = LabHost(f"libtest-{os.getpid()}", cls.suite, scenario="web").__enter__()
        cls.addClassCleanup(cls.host.down)

    def tls(self, name, version):
        """Whether a verified handshake with name succeeds at that version."""
        words = ["openssl", "s_client", "-connect", f"{name}:443", "-servername", name, version]
        words += ["-cipher", "ALL:@SECLEVEL=0", "-verify_return_error", "-brief", "-no_ign_eof"]
        words += ["-CAfile", "/etc/ssl/lab-ca.pem", "-verify_hostname", name]
        seen = self.host.run(words, check=False)
        return seen.returncode == 0 and "Verification: OK" in seen.stderr

    def test_virtual_hosts_differ(self):
        accepted = {
            name: [v for v in ("-tls1", "-tls1_1", "-tls1_2", "-tls1_3") if self.tls(name, v)]
            for name in ("plain.example", "weak.example", "strict.example")
        }
        self.assertEqual(accepted["plain.example"], ["-tls1_2", "-tls1_3"])
        self.assertEqual(accepted["weak.example"], ["-tls1", "-tls1_1", "-tls1_2", "-tls1_3"])
        self.assertEqual(accepted["strict.example"], ["-tls1_3"])

    def test_machine_tools_reach_it(self):
        seen = self.host.net("openssl", "s_client", "-connect", "weak.example:443", check=False)
        self.assertIn("CONNECTED", seen.stdout)

    def test_alice_logs_in(self):
        seen = self.host.run("ssh -o BatchMode=yes alice@localhost id -un")
        self.assertEqual(seen.stdout, "alice\n")

    def test_big_file(self):
        line = "curl -sS --cacert /etc/ssl/lab-ca.pem https://plain.example/big | wc -c"
        self.assertEqual(int(self.host.run(line).stdout), 8 << 20)

    def test_snapshot_sees_every_kind_of_change(self):
        before = self.host.snapshot_etc()
        self.assertEqual(list(differences(before, self.host.snapshot_etc())), [])
        self.host.write("/etc/new", b"\x00\xff", 0o600)
        self.assertEqual(self.host.read("/etc/new"), b"\x00\xff")
        self.host.run("cd /etc; setfattr -n user.x -v 1 issue; chmod 640 issue.net; chown 33 shells")
        self.host.run("cd /etc; ln -sfn /proc/mounts mtab; mv debian_version gone; echo >>profile")
        seen = [line.split(": ", 2) for line in differences(before, self.host.snapshot_etc())]
        changed = {words[1]: words[2].split()[0] for words in seen if words[0] == "changed"}
        self.assertEqual(
            changed,
            {
                "/etc/issue": "xattrs",
                "/etc/issue.net": "mode",
                "/etc/shells": "uid",
                "/etc/mtab": "content",
                "/etc/profile": "content",
            },
        )
        rest = {tuple(words) for words in seen if words[0] != "changed"}
        gone = {("gone", "/etc/debian_version"), ("new", "/etc/gone"), ("new", "/etc/new")}
        self.assertEqual(rest, gone)

    def test_limits(self):
        with self.assertRaisesRegex(LabError, "still busy"):
            self.host.run("sleep 1000 & sleep 1000", timeout=1)
        idle = lambda: self.host.run("pgrep -x sleep", check=False).returncode == 1
        wait_for(idle, 5, "the end of what was killed")
        with self.assertRaisesRegex(LabError, "status 3\nbad"):
            self.host.run("echo bad >&2; exit 3")
        with self.assertRaisesRegex(LabError, "never"):
            wait_for(lambda: False, 0.1, "never")


class Bookworm(Suite, unittest.TestCase):
    suite = "bookworm"


class Trixie(Suite, unittest.TestCase):
    suite = "trixie"


if __name__ == "__main__":
    unittest.main()

"""What goes wrong on a real host: manifests that are wrong on purpose, services broken before us,
bad input, a second run, no root, a full disk.  Each ends with its status, a remedy, and a host that
serves as before.
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from lablib import LabHost, differences  # noqa: E402
from product import DROPIN, FIRST, ask, checked, install, tlspolicy  # noqa: E402

DATA = "/usr/share/tlspolicy"
ROW = '[[set]]\nkey = "SSLProtocol"\n'
HEIR = b"""<IfModule ssl_module>
SSLCertificateFile /etc/ssl/certs/plain.example.rsa.pem
SSLCertificateKeyFile /etc/ssl/private/plain.example.rsa.key
</IfModule>
<VirtualHost *:443>
ServerName heir.example
SSLEngine on
</VirtualHost>
"""


def wrong_row(key, value):
    return f'[[set]]\nkey = "{key}"\nvalue = "{value}"\nenforces = []\n' + ROW


class Trouble(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = LabHost(f"trouble-{os.getpid()}", FIRST, scenario="web").__enter__()
        cls.addClassCleanup(cls.host.down)
        install(cls.host)

    def setUp(self):
        self.before = self.host.snapshot_etc()

    def same_as_before(self):
        self.assertEqual(list(differences(self.before, self.host.snapshot_etc())), [])

    def refused(self, status, *words, saying):
        seen = tlspolicy(self.host, *words)
        self.assertEqual(seen.returncode, status, f"{words}\n{seen.stdout}{seen.stderr}")
        self.assertIn(saying, seen.stdout + seen.stderr)
        return seen

    def serves(self):
        for endpoint, verdict in checked(self.host, "--policy", "20261101").items():
            self.assertTrue(verdict["serves"], endpoint)

    def with_wrong_manifest(self, key, value):
        """A copy of the data whose httpd manifest has one more row, wrong on purpose."""
        self.host.run(f"rm -rf /tmp/data && cp -r {DATA} /tmp/data")
        path = "/tmp/data/services/httpd/service.toml"
        text = self.host.read(path).decode()
        self.assertIn(ROW, text)
        self.host.write(path, text.replace(ROW, wrong_row(key, value), 1).encode())
        return "--data", "/tmp/data"

    def rolled_back(self, *data):
        """set fails for httpd alone; Apache serves again at most 10 s after the reload's limit."""
        start = time.monotonic()
        seen = tlspolicy(self.host, "set", "20261101", "--service", "httpd", *data)
        took = time.monotonic() - start
        self.assertEqual(seen.returncode, 3, seen.stdout + seen.stderr)
        self.assertIn("ROLLED BACK", seen.stdout)
        self.assertLess(took, 30 + 10, "limit of the reload in the manifest, and 10 s")
        self.serves()
        self.same_as_before()
        return seen

    # lab.md's rows for Apache: what configtest and the reload let through.
    def test_a_bad_cipher_passes_configtest_and_the_old_settings_serve_again(self):
        data = self.with_wrong_manifest("SSLOpenSSLConfCmd CipherString", "NONSENSE")
        self.host.write(DROPIN, b"<IfModule ssl_module>\nSSLOpenSSLConfCmd CipherString NONSENSE\n</IfModule>\n")
        self.host.run(["apache2ctl", "configtest"])   # the native check is content with it
        self.host.run(["rm", DROPIN])
        self.rolled_back(*data)

    def test_a_mismatched_key_passes_configtest_and_the_old_settings_serve_again(self):
        # A virtual host that inherits the server's certificate inherits the wrong one beside it.
        self.host.run("cat /etc/ssl/certs/plain.example.rsa.pem /etc/ssl/private/weak.example.rsa.key >/root/mix.pem")
        heir = "/etc/apache2/sites-enabled/heir.example.conf"
        self.host.write(heir, HEIR)
        self.addCleanup(self.host.run, f"rm {heir}; systemctl reload apache2")
        self.host.run("systemctl reload apache2")
        self.before = self.host.snapshot_etc()
        self.rolled_back(*self.with_wrong_manifest("SSLCertificateFile", "/root/mix.pem"))

    def test_a_missing_certificate_is_caught_by_configtest(self):
        seen = self.rolled_back(*self.with_wrong_manifest("SSLCertificateFile", "/root/absent.pem"))
        self.assertIn("absent.pem", seen.stdout)

    def test_a_bad_protocol_is_caught_by_configtest(self):
        seen = self.rolled_back(*self.with_wrong_manifest("SSLProtocol", "TLSv9"))
        self.assertIn("TLSv9", seen.stdout)

    def test_a_service_that_was_broken_before_is_named_and_the_rest_goes_on(self):
        site = "/etc/apache2/sites-available/weak.example.conf"
        old = self.host.read(site)
        self.host.write(site, old + b"Nonsense on\n")
        seen = self.refused(4, "set", "20261101", "--weaker", saying="Nonsense")
        self.assertIn("sshd  changed", seen.stdout)
        self.host.write(site, old)
        tlspolicy(self.host, "undo", "--weaker")
        self.same_as_before()
        self.serves()

    def test_unknown_dates_and_words(self):
        self.refused(2, "set", "20261131", saying="tlspolicy list")
        self.refused(2, "set", "tomorrow", saying="tlspolicy list")
        self.refused(2, "sett", saying="sett")
        self.refused(2, "plan", "20261101", "--service", "nope", saying="nope")

    def test_a_corrupt_policy_file_is_named_with_its_line(self):
        self.host.run(f"rm -rf /tmp/data && cp -r {DATA} /tmp/data")
        self.host.run("sed -i 's/TLS_AES_128_GCM_SHA256/TLS_AES_129_GCM_SHA256/' /tmp/data/policies/20261101.toml")
        seen = self.refused(3, "plan", "20261101", "--data", "/tmp/data", saying="20261101.toml:")
        self.assertIn("TLS_AES_128_GCM_SHA256", seen.stderr)   # the nearest name

    def test_a_corrupt_settings_file_is_named_with_its_line(self):
        self.host.run("mkdir -p /etc/tlspolicy")
        self.host.write("/etc/tlspolicy/tlspolicy.toml", b'policy = "2026\n')
        self.refused(3, "set", "20261101", saying="/etc/tlspolicy/tlspolicy.toml:1:")
        self.host.run("rm /etc/tlspolicy/tlspolicy.toml && rmdir /etc/tlspolicy")
        self.same_as_before()

    def test_without_root_nothing_starts(self):
        seen = self.host.run(["setpriv", "--reuid=alice", "--regid=alice", "--clear-groups",
                              "/usr/sbin/tlspolicy", "set", "20261101"], check=False)
        self.assertEqual(seen.returncode, 3, seen.stderr)
        self.assertIn("sudo", seen.stderr)

    def test_a_second_run_at_the_same_time_is_told_or_comes_after(self):
        first = self.host.start("tlspolicy set 20261101 --weaker 2>&1", stdout=-1, text=True)
        second = tlspolicy(self.host, "set", "20230601", "--weaker")
        told = [(first.wait(120), first.communicate()[0]), (second.returncode, second.stderr)]
        self.assertIn(0, [status for status, _ in told])
        for status, said in told:
            self.assertIn(status, (0, 3), said)
            if status == 3:
                self.assertRegex(said, "[0-9]+")               # who holds the lock
        while ask(self.host, "status")["selected"] != "upstream":
            self.assertEqual(tlspolicy(self.host, "undo", "--weaker").returncode, 0)
        self.same_as_before()

    def test_a_full_disk_changes_nothing(self):
        self.host.run("mkdir -p /var/lib/tlspolicy && mount -t tmpfs -o size=4k none /var/lib/tlspolicy"
                      " && head -c 4096 /dev/zero >/var/lib/tlspolicy/filler")
        self.addCleanup(self.host.run, "umount /var/lib/tlspolicy")
        self.refused(3, "set", "20261101", "--weaker", saying="space")
        self.same_as_before()
        self.serves()

    def test_a_pipe_that_nobody_reads_any_more_stops_nothing(self):
        for verb in ("set 20261101", "undo"):
            self.host.run(["sh", "-c", f"tlspolicy {verb} --weaker 2>&1 | head -n 1"])
            wanted = "20261101" if verb.startswith("set") else "upstream"
            status = ask(self.host, "status")
            self.assertEqual((status["selected"], status["pending"]), (wanted, None), verb)
        self.same_as_before()

    def test_a_killed_run_is_recovered_by_the_next_one(self):
        """kill -9 while it works: status says so, recover takes it back whole."""
        for moment in ("written", "reloaded"):
            with self.subTest(moment=moment):
                job = self.host.start(
                    "tlspolicy set 20261101 --weaker 2>&1 | while read line; do case $line in "
                    f"*{moment}*) pkill -9 -x tlspolicy; echo killed; exit;; esac; done",
                    stdout=-1, text=True)
                self.assertEqual(job.communicate(timeout=120)[0], "killed\n")
                self.assertIn("recover", tlspolicy(self.host, "status").stdout)
                self.assertEqual(tlspolicy(self.host, "recover").returncode, 0)
                self.same_as_before()
                self.serves()


if __name__ == "__main__":
    unittest.main()

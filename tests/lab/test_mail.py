"""Postfix on real hosts: both grades, a weak and a stricter -o, what its own check does not see, and
undo to the byte.
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from lablib import differences  # noqa: E402
from product import OnHost, ask, checked, once, predicted, tlspolicy  # noqa: E402
from table import rows as rows_at  # noqa: E402

DATES = ("20180330", "20230601", "20261101")
ENDPOINTS = {"postfix:25", "postfix:465", "postfix:587", "postfix:192.0.2.10:2465", "postfix:outbound",
             "postfix:outbound:relay"}
MANIFEST = "/usr/share/tlspolicy/services/postfix/service.toml"
ONLY = ("--service", "postfix")
ALL = ["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
FIRST_ROW = b'[[set]]\nkey = "smtpd_tls_mandatory_protocols"\n'


def _row(key, value):
    """A row that is wrong on purpose, before the first one."""
    return f'[[set]]\nkey = "{key}"\nvalue = "{value}"\nenforces = []\n'.encode() + FIRST_ROW


class Suite(OnHost):
    scenario = "mail"

    def test_every_date_is_predicted_proven_and_taken_back(self):
        for date in DATES:
            with self.subTest(date=date):
                before = self.host.snapshot_etc()
                foreseen = {one: wanted for one, wanted in predicted(self.host, date).items()
                            if one in ENDPOINTS}
                self.assertEqual(foreseen.keys(), ENDPOINTS)
                self.done("set", date, "--weaker", *ONLY)
                self.complies(*ONLY)
                for row in rows_at(self.host, date, foreseen):
                    self.assertEqual(row.predicted, row.oracle, row)
                self.done("undo", "--weaker")
                self.assertEqual(list(differences(before, self.host.snapshot_etc())), [])

    @once
    def test_port_25_refuses_what_is_forbidden_and_takes_what_it_must(self):
        self.done("set", "20261101", "--weaker", *ONLY)
        self.addCleanup(self.done, "undo", "--weaker")
        old = ("-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0")
        self.assertTrue(self.shakes_hands(25, *old, starttls=True))
        self.assertFalse(self.shakes_hands(587, *old, starttls=True))
        self.assertFalse(self.shakes_hands(465, *old))
        weak = ("-tls1_2", "-cipher", "CAMELLIA128-SHA:ARIA128-GCM-SHA256:AES128-CCM8:@SECLEVEL=0")
        self.assertFalse(self.shakes_hands(25, *weak, starttls=True))

    @once
    def test_who_only_looks_makes_no_folders(self):
        """`postfix check` would (post-install, create-missing)."""
        folder = "/var/spool/postfix/hold"
        self.host.run(["rmdir", folder])
        self.addCleanup(self.host.run, "postfix check")
        for words in (("plan", "20261101"), ("status",), ("check", "postfix:25")):
            ask(self.host, *words)
        self.assertEqual(self.host.run(["test", "-e", folder], check=False).returncode, 1)

    def test_the_stricter_row_stays_stricter_and_the_weak_one_is_set_aside(self):
        foreseen = predicted(self.host, "20261101")
        self.assertEqual(foreseen["postfix:192.0.2.10:2465"]["protocols"], ["TLSv1.3"])
        self.assertEqual(foreseen["postfix:587"]["protocols"], ["TLSv1.2", "TLSv1.3"])

    def its_own_check_takes(self, *lines):
        """Whether `postfix check` and the reload are content with these lines of main.cf."""
        path = "/etc/postfix/main.cf"
        good = self.host.read(path)
        try:
            self.host.write(path, good + ("\n".join(lines) + "\n").encode())
            return self.host.run("postfix check && postfix reload", check=False).returncode == 0
        finally:
            self.host.write(path, good)
            self.host.run("postfix reload")

    @once
    def test_nonsense_that_its_own_check_takes_is_found_and_the_old_settings_serve(self):
        good = self.host.read(MANIFEST)
        self.addCleanup(self.host.write, MANIFEST, good)
        before = self.host.snapshot_etc()
        other_key = "smtpd_tls_cert_file = /etc/ssl/certs/mail.example.ecdsa.pem"
        wrong = {
            "a cipher list of nonsense": (
                ["tls_high_cipherlist = NONSENSE"],
                b'value = "${tls.suites:openssl}"', b'value = "NONSENSE"'),
            "the same, and the library is not asked": (
                [], b'value = "${tls.suites:openssl}"\nenforces = ["list.high"]\npreflight = "suites"',
                b'value = "NONSENSE"\nenforces = ["list.high"]'),
            "a version that there is not": (
                ["smtpd_tls_mandatory_protocols = >=TLSv1.9"],
                b'value = "${tls.bounds:postfix}"', b'value = ">=TLSv1.9"'),
            "a list that does not come to count": (
                ["tls_hihg_cipherlist = HIGH"], b'key = "tls_high_cipherlist"', b'key = "tls_hihg_cipherlist"'),
            "a certificate of another key": (
                [other_key], FIRST_ROW, _row("smtpd_tls_cert_file", "/etc/ssl/certs/mail.example.ecdsa.pem")),
            "a certificate that is not there": (
                ["smtpd_tls_cert_file = /etc/ssl/certs/absent.pem"],
                FIRST_ROW, _row("smtpd_tls_cert_file", "/etc/ssl/certs/absent.pem")),
        }
        for name, (lines, right, bad) in wrong.items():
            with self.subTest(name):
                self.assertTrue(self.its_own_check_takes(*lines), name)
                self.assertIn(right, good)
                self.host.write(MANIFEST, good.replace(right, bad, 1))
                seen = tlspolicy(self.host, "set", "20261101", "--weaker", *ONLY)
                self.assertIn(seen.returncode, (3, 4), seen.stdout + seen.stderr)
                self.assertIn("rolling back", seen.stdout + seen.stderr)
                self.assertEqual(list(differences(before, self.host.snapshot_etc())), [], name)
                for port, starttls in ((25, True), (465, False), (587, True)):
                    self.assertTrue(self.shakes_hands(port, starttls=starttls), f"{name}: {port}")

    def signs_with(self, scheme):
        """Whether port 587 takes a client that knows this signature scheme alone."""
        return self.shakes_hands(587, "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
                                 "-sigalgs", scheme, starttls=True)

    def with_rows(self, change, *settings):
        """master.cf through a sed expression and more settings, until the test ends."""
        for path in ("/etc/postfix/master.cf", "/etc/postfix/main.cf"):
            self.addCleanup(self.host.run, "postfix reload")
            self.addCleanup(self.host.write, path, self.host.read(path))
        self.host.run(["sed", "-i", change, "/etc/postfix/master.cf"])
        if settings:
            self.host.run(["postconf", "-e", *settings])
        self.host.run("postfix check && postfix reload")

    @once
    def test_smtpd_reads_our_file_in_its_chroot_and_outside(self):
        """What stands in tls_config_file alone, the signature schemes, holds both ways."""
        for chroot in ("y", "n"):
            with self.subTest(chroot=chroot):
                self.with_rows(f"s/^\\(submission inet n  *-  *\\)[yn]/\\1{chroot}/")
                self.assertTrue(self.signs_with("RSA+SHA224"))
                self.done("set", "20261101", "--weaker", *ONLY)
                self.assertEqual(checked(self.host, "postfix:587")["postfix:587"]["outcome"], "complies")
                self.assertFalse(self.signs_with("RSA+SHA224"))
                self.assertTrue(self.signs_with("RSA-PSS+SHA256"))
                self.done("undo", "--weaker")

    def test_tlsproxy_behind_postscreen_follows_the_policy(self):
        """postscreen speaks STARTTLS itself, by tlsproxy, where it still tests a client."""
        rows = "\\n".join(("smtp inet n - y - 1 postscreen", "smtpd pass - - y - - smtpd",
                           "dnsblog unix - - y - 0 dnsblog", "tlsproxy unix - - y - 0 tlsproxy"))
        self.with_rows(f"s/^smtp  *inet .*/{rows}/", "postscreen_access_list =",
                       "postscreen_pipelining_enable = yes", "postscreen_greet_action = enforce")
        for own, protocols in (("!SSLv2", ALL), (">=TLSv1.2", ALL[2:])):
            with self.subTest(own=own):
                self.host.run(["postconf", "-e", f"tlsproxy_tls_protocols={own}", "tlsproxy_tls_ciphers=low"])
                self.host.run("postfix reload")
                foreseen = predicted(self.host, "20261101")["postfix:25"]
                self.assertEqual(foreseen["protocols"], protocols)
                self.done("set", "20261101", "--weaker", *ONLY)
                self.complies("postfix:25")
                for row in rows_at(self.host, "20261101", {"postfix:25": foreseen}):
                    self.assertEqual(row.predicted, row.oracle, row)
                self.done("undo", "--weaker")
        journal = self.host.run("journalctl --no-pager -o cat -t postfix/tlsproxy").stdout
        self.assertIn("TLS connection established", journal)

    @once
    def test_going_to_upstream_takes_everything_of_ours_out(self):
        before = self.host.snapshot("/etc/postfix")
        self.done("set", "20230601", "--weaker", *ONLY)
        self.done("set", "upstream", "--weaker", *ONLY)
        self.assertEqual(list(differences(before, self.host.snapshot("/etc/postfix"))), [])

    @once
    def test_what_postconf_writes_behind_our_lines_stays_there_after_undo(self):
        before = self.host.read("/etc/postfix/main.cf")
        self.addCleanup(self.host.write, "/etc/postfix/main.cf", before)
        self.done("set", "20261101", "--weaker", "--service", "postfix")
        self.host.run(["postconf", "-e", "message_size_limit=20480000"])
        self.done("undo", "--weaker")
        self.assertEqual(self.host.read("/etc/postfix/main.cf"), before + b"message_size_limit = 20480000\n")

    @once
    def test_a_second_plan_is_empty(self):
        self.done("set", "20261101", "--weaker", *ONLY)
        self.addCleanup(self.done, "undo", "--weaker")
        plan = ask(self.host, "plan", "20261101", *ONLY)
        self.assertEqual([file for service in plan["services"] for file in service["files"]], [])


class Bookworm(Suite, unittest.TestCase):
    suite = "bookworm"


class Trixie(Suite, unittest.TestCase):
    suite = "trixie"

    def test_a_client_that_brings_a_hybrids_share_gets_it(self):
        self.done("set", "20261101", "--weaker", *ONLY)
        self.addCleanup(self.done, "undo", "--weaker")
        line = ["openssl", "s_client", "-connect", "127.0.0.1:465", "-tls1_3"]
        seen = self.host.run(line, check=False, data="QUIT\n")
        self.assertIn("X25519MLKEM768", seen.stdout)


if __name__ == "__main__":
    unittest.main()

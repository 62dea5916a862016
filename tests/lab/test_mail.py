"""Postfix on real hosts: both grades, a weak and a stricter -o, what its own check does not see, and
undo to the byte.
SPDX-License-Identifier: Apache-2.0
"""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from lablib import LabHost, differences, wait_for  # noqa: E402
from product import ask, checked, install, predicted, tlspolicy  # noqa: E402
from table import rows  # noqa: E402

DATES = ("20180330", "20230601", "20261101")
ENDPOINTS = {"postfix:25", "postfix:465", "postfix:587", "postfix:192.0.2.10:2465", "postfix:outbound",
             "postfix:outbound:relay"}
TABLE = "/etc/postfix/tls_policy"
MANIFEST = "/usr/share/tlspolicy/services/postfix/service.toml"
ONLY = ("--service", "postfix")


class Suite:
    suite = ""

    @classmethod
    def setUpClass(cls):
        cls.host = LabHost(f"mail-{cls.suite}-{os.getpid()}", cls.suite, scenario="mail").__enter__()
        cls.addClassCleanup(cls.host.down)
        install(cls.host)

    def done(self, *words, status=0):
        seen = tlspolicy(self.host, *words)
        self.assertEqual(seen.returncode, status, f"{words}\n{seen.stdout}{seen.stderr}")
        return seen

    def shakes_hands(self, port, *words, starttls=False):
        """Whether the host's own `openssl s_client`, at security level 0, gets through."""
        line = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *words]
        seen = self.host.run(line + (["-starttls", "smtp"] if starttls else []), check=False, data="QUIT\n")
        return "Cipher is (NONE)" not in seen.stdout and "Cipher is" in seen.stdout

    def test_every_date_is_predicted_proven_and_taken_back(self):
        for date in DATES:
            with self.subTest(date=date):
                before = self.host.snapshot_etc()
                foreseen = {one: wanted for one, wanted in predicted(self.host, date).items()
                            if one in ENDPOINTS}
                self.assertEqual(foreseen.keys(), ENDPOINTS)
                self.done("set", date, "--weaker", *ONLY)
                for endpoint, verdict in checked(self.host, *ONLY).items():
                    self.assertEqual(verdict["outcome"], "complies", f"{endpoint}: {verdict}")
                    self.assertLessEqual(verdict["connections"], 20, endpoint)
                for row in rows(self.host, date, foreseen):
                    self.assertEqual(row.predicted, row.oracle, row)
                self.done("undo", "--weaker")
                self.assertEqual(list(differences(before, self.host.snapshot_etc())), [])

    def test_port_25_refuses_what_is_forbidden_and_takes_what_it_must(self):
        self.done("set", "20261101", "--weaker", *ONLY)
        self.addCleanup(self.done, "undo", "--weaker")
        old = ("-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0")
        self.assertTrue(self.shakes_hands(25, *old, starttls=True))
        self.assertFalse(self.shakes_hands(587, *old, starttls=True))
        self.assertFalse(self.shakes_hands(465, *old))
        weak = ("-tls1_2", "-cipher", "CAMELLIA128-SHA:ARIA128-GCM-SHA256:AES128-CCM8:@SECLEVEL=0")
        self.assertFalse(self.shakes_hands(25, *weak, starttls=True))

    def test_the_stricter_row_stays_stricter_and_the_weak_one_is_set_aside(self):
        foreseen = predicted(self.host, "20261101")
        self.assertEqual(foreseen["postfix:192.0.2.10:2465"]["protocols"], ["TLSv1.3"])
        self.assertEqual(foreseen["postfix:587"]["protocols"], ["TLSv1.2", "TLSv1.3"])

    def test_nonsense_that_its_own_check_takes_is_found_and_the_old_settings_serve(self):
        """postfix check and the reload accept each of these."""
        good = self.host.read(MANIFEST)
        self.addCleanup(self.host.write, MANIFEST, good)
        before = self.host.snapshot_etc()
        wrong = {
            "a cipher list of nonsense": (b'value = "${tls.suites:openssl}"', b'value = "NONSENSE"'),
            "a version that there is not": (b'value = "${tls.bounds:postfix}"', b'value = ">=TLSv1.9"'),
            "a list that does not come to count": (b'key = "tls_high_cipherlist"', b'key = "tls_hihg_cipherlist"'),
        }
        for name, (right, bad) in wrong.items():
            with self.subTest(name):
                self.assertIn(right, good)
                self.host.write(MANIFEST, good.replace(right, bad, 1))
                seen = tlspolicy(self.host, "set", "20261101", "--weaker", *ONLY)
                self.assertIn(seen.returncode, (3, 4), seen.stdout + seen.stderr)
                self.assertIn("rolling back", seen.stdout + seen.stderr)
                self.assertEqual(list(differences(before, self.host.snapshot_etc())), [], name)
                for port, starttls in ((25, True), (465, False), (587, True)):
                    self.assertTrue(self.shakes_hands(port, starttls=starttls), f"{name}: {port}")

    def messages_in_queue(self):
        return self.host.run(["postqueue", "-j"]).stdout.splitlines()

    def outbound(self):
        return checked(self.host, "postfix:outbound")["postfix:outbound"]

    def test_a_client_that_offers_more_is_found_and_the_queue_stays_empty(self):
        self.done("set", "20230601", "--weaker", *ONLY)
        self.addCleanup(self.done, "undo", "--weaker")
        verdict = self.outbound()
        self.assertEqual(verdict["outcome"], "complies", verdict)
        self.host.run("postconf -P smtp/unix/tls_medium_cipherlist=CAMELLIA128-SHA:AES128-SHA:@SECLEVEL=0")
        self.addCleanup(self.host.run, "postconf -PX smtp/unix/tls_medium_cipherlist; postfix reload")
        self.host.run("postfix reload")
        verdict = self.outbound()
        self.assertEqual(verdict["outcome"], "fails", verdict)
        self.assertIn("TLS_RSA_WITH_CAMELLIA_128_CBC_SHA", verdict["findings"][0]["text"])
        self.assertEqual(self.messages_in_queue(), [])

    def test_what_cannot_be_made_to_come_is_not_proven(self):
        for name, line, back in (
                ("a dead service", "postfix stop", "systemctl restart postfix"),
                ("a transport that is held back", "postconf -e defer_transports=smtp; postfix reload",
                 "postconf -X defer_transports; postfix reload"),
                ("mail that would go elsewhere", "postconf -e smtp_fallback_relay=[192.0.2.1]; postfix reload",
                 "postconf -X smtp_fallback_relay; postfix reload")):
            with self.subTest(name):
                self.host.run(line)
                try:
                    verdict = self.outbound()
                    self.assertEqual(verdict["outcome"], "not proven", verdict)
                finally:
                    self.host.run(back)
                self.assertEqual(self.messages_in_queue(), [])

    def test_a_kill_leaves_nothing_in_the_queue(self):
        self.host.run("postconf -e defer_transports=smtp; postfix reload")
        self.addCleanup(self.host.run, "postconf -X defer_transports; postfix reload")
        check = self.host.start(["tlspolicy", "check", "postfix:outbound"], stdout=subprocess.DEVNULL)
        wait_for(self.messages_in_queue, what="the message")
        self.host.run("kill -9 $(pidof tlspolicy | tr ' ' '\\n' | sort -n | head -n 1)")
        check.wait(30)
        wait_for(lambda: not self.messages_in_queue(), what="an empty queue")

    def test_a_table_for_single_peers_and_the_log_are_named(self):
        self.host.write(TABLE, b"example.org may protocols=SSLv3\n")
        self.host.run(f"postconf -e smtp_tls_policy_maps=texthash:{TABLE}; postfix reload")
        self.addCleanup(self.host.run, f"rm {TABLE}; postconf -X smtp_tls_policy_maps; postfix reload")
        plan = ask(self.host, "plan", "20261101", *ONLY)["services"][0]
        self.assertIn(f"{TABLE}:1", [one["where"] for one in plan["warnings"]])
        left = ask(self.host, "check", "--policy", "20261101", "postfix:outbound")["left_out"]
        self.assertIn("policy-map-weaker", [one["id"] for one in left])
        self.host.run("logger -t postfix/smtp 'Untrusted TLS connection established to "
                      "mx.example[192.0.2.1]:25: TLSv1.3 with cipher TLS_AES_128_GCM_SHA256 (128/128 bits)'")
        seen = wait_for(lambda: ask(self.host, "status", *ONLY)["services"][0]["evidence"], what="the log")
        self.assertIn("mx.example[192.0.2.1]:25: TLSv1.3", seen)

    def test_going_to_upstream_takes_everything_of_ours_out(self):
        before = self.host.snapshot("/etc/postfix")
        self.done("set", "20230601", "--weaker", *ONLY)
        self.done("set", "upstream", "--weaker", *ONLY)
        self.assertEqual(list(differences(before, self.host.snapshot("/etc/postfix"))), [])

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

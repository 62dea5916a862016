"""Postfix on real hosts: both grades, a weak and a stricter -o, what its own check does not see, and
undo to the byte.
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from lablib import LabHost, differences  # noqa: E402
from product import ask, checked, install, predicted, tlspolicy  # noqa: E402
from table import rows  # noqa: E402

DATES = ("20180330", "20230601", "20261101")
ENDPOINTS = {"postfix:25", "postfix:465", "postfix:587", "postfix:192.0.2.10:2465"}
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

"""Exim with GnuTLS on real hosts: two grades in one string, what its own check does not see, a daemon
that dies of a reload, the split configuration, and undo to the byte.
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from lablib import differences, wait_for  # noqa: E402
from product import OnHost, ask, once, predicted, tlspolicy  # noqa: E402
from table import rows  # noqa: E402

DATES = ("20180330", "20261101")  # `table.py exim` has all
ENDPOINTS = {"exim:25", "exim:465", "exim:587"}
MANIFEST = "/usr/share/tlspolicy/services/exim/service.toml"
MACROS = "/etc/exim4/exim4.conf.localmacros"
ONLY = ("--service", "exim")
STRING = b"{${tls.priority:gnutls}}}"


class Suite(OnHost):
    scenario = "exim"

    def all_comply(self):
        self.assertEqual(self.complies(*ONLY).keys(), ENDPOINTS)

    def takes(self, port, *words):
        return self.shakes_hands(port, *words, starttls=port != 465)

    def serves(self):
        return all(self.takes(port) for port in (25, 465, 587))

    def test_every_date_is_predicted_proven_and_taken_back(self):
        for date in DATES:
            with self.subTest(date=date):
                before = self.host.snapshot_etc()
                foreseen = {one: wanted for one, wanted in predicted(self.host, date).items()
                            if one in ENDPOINTS}
                self.assertEqual(foreseen.keys(), ENDPOINTS)
                self.done("set", date, "--weaker", *ONLY)
                self.all_comply()
                del foreseen["exim:587"]  # as 465, which its check has shown
                for row in rows(self.host, date, foreseen):
                    self.assertEqual(row.predicted, row.oracle, row)
                plan = ask(self.host, "plan", date, *ONLY)
                self.assertEqual([file for service in plan["services"] for file in service["files"]], [])
                self.done("undo", "--weaker")
                self.assertEqual(list(differences(before, self.host.snapshot_etc())), [])

    @once
    def test_port_25_refuses_what_is_forbidden_and_takes_what_it_must(self):
        self.done("set", "20261101", "--weaker", *ONLY)
        self.addCleanup(self.done, "undo", "--weaker")
        old = ("-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0")
        self.assertTrue(self.takes(25, *old))
        self.assertFalse(self.takes(587, *old))
        self.assertFalse(self.takes(465, *old))
        weak = ("-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256:AES128-CCM8:@SECLEVEL=0")
        self.assertFalse(self.takes(25, *weak))

    @once
    def test_a_string_of_the_administrators_is_never_loosened(self):
        before = self.host.read(MACROS)
        self.addCleanup(self.host.run, "systemctl reload exim4")
        self.addCleanup(self.host.write, MACROS, before)
        own = b"tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.3\n"
        self.host.write(MACROS, before + own)
        self.done("set", "20261101", "--weaker", *ONLY)
        self.assertEqual(predicted(self.host, "20261101")["exim:25"]["protocols"], ["TLSv1.3"])
        self.all_comply()
        self.assertFalse(self.takes(25, "-tls1_2"))
        self.assertIn(b"#tlspolicy set aside# " + own, self.host.read(MACROS))
        self.done("undo", "--weaker")
        self.assertEqual(self.host.read(MACROS), before + own)

    @once
    def test_nonsense_that_its_own_check_takes_is_found_and_the_old_settings_serve(self):
        """update-exim4.conf --check refuses the first alone; the third ends the daemon."""
        good = self.host.read(MANIFEST)
        self.addCleanup(self.host.write, MANIFEST, good)
        before = self.host.snapshot_etc()
        wrong = {
            "an option that there is not": ((b'key = "tls_require_ciphers"', b'key = "tls_requiere_ciphers"'),),
            "a word that GnuTLS does not have": ((b'value = "$${if', b'value = "NORMAL:+NONSENSE" # '),),
            "a string that only the daemon finds out about": (
                (STRING, b"{NONSENSE}}"), (b'preflight = "priority"\n', b"")),
            "the grades changed round": ((b"{25}", b"{465}"),),
        }
        for name, edits in wrong.items():
            with self.subTest(name):
                bad = good
                for right, other in edits:
                    self.assertIn(right, bad)
                    bad = bad.replace(right, other, 1)
                self.host.write(MANIFEST, bad)
                seen = tlspolicy(self.host, "set", "20261101", "--weaker", *ONLY)
                self.assertIn(seen.returncode, (3, 4), seen.stdout + seen.stderr)
                self.assertIn("rolling back", seen.stdout + seen.stderr)
                self.assertEqual(list(differences(before, self.host.snapshot_etc())), [], name)
                wait_for(self.serves, 30, name)

    @once
    def test_debians_own_tools_leave_what_we_wrote(self):
        self.done("set", "20230601", "--weaker", *ONLY)
        self.addCleanup(self.done, "undo", "--weaker")
        self.host.run("DEBIAN_FRONTEND=noninteractive dpkg-reconfigure exim4-config && update-exim4.conf")
        self.host.run("systemctl restart exim4")
        self.all_comply()

    @once
    def test_the_split_configuration_gets_a_file_of_its_own(self):
        split = "s/^dc_use_split_config=.*/dc_use_split_config='%s'/"
        names = "/etc/exim4/conf.d/main/01_lab"
        self.host.run(["cp", MACROS, names])
        self.addCleanup(self.host.run, f"rm {names}; systemctl restart exim4")
        self.host.run(["sed", "-i", split % "true", "/etc/exim4/update-exim4.conf.conf"])
        self.addCleanup(self.host.run, ["sed", "-i", split % "false", "/etc/exim4/update-exim4.conf.conf"])
        self.host.run("systemctl restart exim4")
        before = self.host.snapshot_etc()
        self.done("set", "20261101", "--weaker", *ONLY)
        self.assertIn(b"tls_require_ciphers = ", self.host.read("/etc/exim4/conf.d/main/00_tlspolicy"))
        self.all_comply()
        self.done("undo", "--weaker")
        self.assertEqual(list(differences(before, self.host.snapshot_etc())), [])


class Bookworm(Suite, unittest.TestCase):
    suite = "bookworm"


class Trixie(Suite, unittest.TestCase):
    suite = "trixie"


if __name__ == "__main__":
    unittest.main()

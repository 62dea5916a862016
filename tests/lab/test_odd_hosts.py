#!/usr/bin/python3
"""Hosts that somebody arranged in a way of their own: sshd behind a socket, an Include inside Match, our
files taken away by hand, the program's data gone.
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))
from lablib import differences  # noqa: E402
from product import DROPIN, FIRST, OnHost, ask  # noqa: E402

CONF, SSHD_DROPIN = "/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/00-tlspolicy.conf"
MATCH = b"UsePAM yes\nMatch User backup\n    Include /etc/ssh/sshd_config.d/*.conf\n"
OLD_SUITE = ("-tls1_2", "-cipher", "AES128-SHA256")     # upstream takes it, 20261101 does not
SSH = ("sshd", "--no-confirm")


class OddHosts(OnHost, unittest.TestCase):
    suite, scenario = FIRST, "web"

    def setUp(self):
        self.before = self.host.snapshot_etc()

    def tearDown(self):
        self.assertEqual(list(differences(self.before, self.host.snapshot_etc())), [])

    def test_our_files_removed_by_hand_and_undo_has_the_service_read_again(self):
        self.done("set", "20261101", "--service", "httpd")
        self.assertFalse(self.shakes_hands(443, *OLD_SUITE))
        self.host.run(["rm", DROPIN])
        self.assertFalse(self.shakes_hands(443, *OLD_SUITE), "Apache still runs with what it had read")
        said = self.done("undo", "--weaker").stdout
        self.assertRegex(said, r"httpd +taken back")
        self.assertTrue(self.shakes_hands(443, *OLD_SUITE))

    def test_include_inside_match(self):
        self.host.run(["cp", "-a", CONF, "/root/sshd_config"])
        self.host.write(CONF, MATCH)
        self.host.run("systemctl reload ssh")
        given = self.host.snapshot_etc()
        self.done("set", "20261101", "--service", *SSH, "--lose-ssh-keys")
        self.assertNotEqual(self.host.run(["test", "-e", SSHD_DROPIN], check=False).returncode, 0)
        self.complies("sshd")
        self.done("undo", "--no-confirm", "--weaker")
        self.assertEqual(list(differences(given, self.host.snapshot_etc())), [])
        self.host.run(["cp", "-a", "/root/sshd_config", CONF])
        self.host.run("systemctl reload ssh")

    def test_sshd_behind_a_socket(self):
        self.host.run("systemctl disable --now ssh.service && systemctl enable --now ssh.socket")
        try:
            given = self.host.snapshot_etc()
            said = self.done("set", "20261101", "--service", *SSH, "--lose-ssh-keys").stdout
            self.assertNotIn("does not run", said)
            self.complies("sshd")
            self.done("undo", "--no-confirm", "--weaker")
            self.assertEqual(list(differences(given, self.host.snapshot_etc())), [])
            self.assertEqual(self.host.run("systemctl is-active ssh.socket").stdout, "active\n")
        finally:
            self.host.run("systemctl disable --now ssh.socket ssh.service && systemctl enable --now ssh.service")

    def test_the_way_back_without_the_programs_data(self):
        self.done("set", "20261101", "--service", "httpd")
        self.host.run("mv /usr/share/tlspolicy /usr/share/gone")
        try:
            self.done("history")
            self.done("recover")
            self.done("status", status=5)
            self.done("undo", "--weaker")
        finally:
            self.host.run("mv /usr/share/gone /usr/share/tlspolicy")
        self.assertEqual(ask(self.host, "status")["selected"], "upstream")


if __name__ == "__main__":
    unittest.main()

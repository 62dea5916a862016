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
MUTUAL = b"""CustomLog /var/log/apache2/suites.log "%{SSL_CIPHER}x %U"
<VirtualHost *:443>
ServerName mutual.example
SSLEngine on
SSLCertificateFile /etc/ssl/certs/plain.example.rsa.pem
SSLCertificateKeyFile /etc/ssl/private/plain.example.rsa.key
SSLCACertificateFile /etc/ssl/lab-ca.pem
SSLVerifyClient require
</VirtualHost>
<Location /weak>
SSLCipherSuite AES256-SHA
</Location>
"""


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

    def with_site(self, text):
        self.addCleanup(self.host.run, "rm -f /etc/apache2/conf-enabled/odd.conf; systemctl restart apache2")
        self.host.write("/etc/apache2/conf-enabled/odd.conf", text)
        self.host.run("systemctl restart apache2")
        self.before = self.host.snapshot_etc()

    def test_mutual_tls_and_a_suite_list_of_a_location(self):
        self.with_site(MUTUAL)
        self.assertIn("AES256-SHA", self.negotiated_for("/weak/"))
        self.done("set", "20261101", "--service", "httpd")
        self.assertIn("httpd:443:mutual.example", self.complies("httpd"))
        self.assertIn("ECDHE", self.negotiated_for("/weak/"))
        self.done("undo", "--weaker")

    def negotiated_for(self, path):
        """The suite in which Apache answers a request for the path, negotiated anew if it wants to."""
        seen = self.host.run(["curl", "-sk", "--tls-max", "1.2", "--ciphers", "ALL:@SECLEVEL=0",
                              "-o", "/dev/null", f"https://plain.example{path}"], check=False)
        self.assertIn(seen.returncode, (0, 56), seen.stderr)
        return self.host.run("tail -n 1 /var/log/apache2/suites.log").stdout

    def test_undo_to_an_endpoint_that_served_nobody(self):
        self.with_site(b"<IfModule ssl_module>\nSSLProtocol +TLSv1.1\n</IfModule>\n")
        self.assertFalse(self.shakes_hands(443))
        self.done("set", "20261101", "--service", "httpd", "--weaker")
        self.assertTrue(self.shakes_hands(443))
        self.done("undo", "--weaker")

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

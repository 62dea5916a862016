#!/usr/bin/python3
"""What decides stands elsewhere than in the usual file: the address or port is another one, a command line
wins, a macro makes the virtual host, somebody else has our drop-in's name.
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))
from lablib import differences  # noqa: E402
from product import DROPIN, FIRST, OnHost, ask, predicted  # noqa: E402

SSHD = ("--service", "sshd", "--no-confirm", "--lose-ssh-keys")
SOCKET = "/etc/systemd/system/ssh.socket.d"
MACRO = b"""<Macro one $name>
<VirtualHost *:443>
ServerName https://$name:443
SSLEngine on
SSLCertificateFile /etc/ssl/certs/plain.example.rsa.pem
SSLCertificateKeyFile /etc/ssl/private/plain.example.rsa.key
SSLProtocol -all +TLSv1.3
</VirtualHost>
</Macro>
Use one macro.example
"""


class Elsewhere(OnHost, unittest.TestCase):
    suite, scenario = FIRST, "web"

    def setUp(self):
        self.before = self.host.snapshot_etc()

    def tearDown(self):
        self.doCleanups()
        self.assertEqual(list(differences(self.before, self.host.snapshot_etc())), [])

    def follows(self, *words):
        """It complies where it is, and goes back."""
        self.done("set", "20261101", *words)
        found = self.complies(words[1])
        self.done("undo", "--weaker", *(["--no-confirm"] if words[1] == "sshd" else []))
        return found

    def skipped(self, name):
        (service,) = [one for one in ask(self.host, "plan", "20261101")["services"] if one["service"] == name]
        return service["skipped"]

    def test_sshd_over_ipv6_alone(self):
        self.host.write("/etc/ssh/sshd_config.d/10-family.conf", b"AddressFamily inet6\n")
        self.addCleanup(self.host.run, "rm /etc/ssh/sshd_config.d/10-family.conf; systemctl restart ssh")
        self.host.run("systemctl restart ssh")
        self.assertEqual(list(self.follows(*SSHD)), ["sshd:22"])

    def test_sshd_on_the_port_of_its_socket(self):
        self.addCleanup(self.host.run, f"systemctl disable --now ssh.socket ssh.service; rm -r {SOCKET}; "
                        "systemctl daemon-reload; systemctl enable --now ssh.service")
        self.host.run(f"mkdir {SOCKET}")
        self.host.write(f"{SOCKET}/port.conf", b"[Socket]\nListenStream=\nListenStream=2244\n")
        self.host.run("systemctl daemon-reload; systemctl disable --now ssh.service; "
                      "systemctl enable --now ssh.socket")
        self.assertEqual(list(self.follows(*SSHD)), ["sshd:2244"])

    def test_sshd_whose_command_line_wins(self):
        self.addCleanup(self.host.run, "cp -a /root/default-ssh /etc/default/ssh; systemctl restart ssh")
        self.host.run("cp -a /etc/default/ssh /root/default-ssh")
        self.host.write("/etc/default/ssh", b'SSHD_OPTS="-o KexAlgorithms=curve25519-sha256"\n')
        self.host.run("systemctl restart ssh")
        self.assertEqual(self.skipped("sshd")["id"], "command-line-wins")
        self.done("set", "20261101", *SSHD, status=3)

    def test_a_virtual_host_out_of_a_macro(self):
        self.addCleanup(self.host.run, "rm /etc/apache2/sites-enabled/macro.conf; a2dismod -q macro; "
                        "systemctl restart apache2")
        self.host.run("a2enmod -q macro")
        self.host.write("/etc/apache2/sites-enabled/macro.conf", MACRO)
        self.host.run("systemctl restart apache2")
        self.assertEqual(predicted(self.host, "20261101")["httpd:443:macro.example"]["protocols"], ["TLSv1.3"])
        self.assertIn("httpd:443:macro.example", self.follows("--service", "httpd"))

    def test_a_folder_with_our_drop_ins_name(self):
        self.host.run(["mkdir", DROPIN])
        self.addCleanup(self.host.run, ["rmdir", DROPIN])
        self.assertEqual(self.skipped("httpd")["id"], "foreign-drop-in")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""A mail host at its package's defaults goes through three dates under load: no mail is lost, none
is refused, no IMAP session ends.
SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

from lablib import LAB, LabHost
from product import install, needs, once, tlspolicy
import subprocess

MESSAGES = int(os.environ.get("TLSPOLICY_MESSAGES", "1000"))
NAME = "mail.example"


class MailFlow(unittest.TestCase):
    suite = ""

    @once
    def goes_through(self):
        suite = self.suite
        needs(suite)
        host = self.enterContext(LabHost("flow", suite, "mail"))
        install(host)
        host.run(["postconf", "-e", "transport_maps = inline:{{sink.example = smtp:[127.0.0.1]:2525}}",
                  "default_process_limit = 50", "smtpd_client_connection_count_limit = 0"])
        host.run("postfix reload")
        # As packaged, Dovecot ends sessions after any reload, ours or anybody's; plan says so.
        self.assertIn("shutdown_clients", tlspolicy(host, "plan", "20261101").stdout)
        host.run("echo 'shutdown_clients = no' >/etc/dovecot/conf.d/zz-stay.conf; systemctl restart dovecot")
        self.assertNotIn("shutdown_clients", tlspolicy(host, "plan", "20261101").stdout)
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "crt").write_bytes(host.read(f"/etc/ssl/certs/{NAME}.rsa.pem"))
        (folder / "key").write_bytes(host.read(f"/etc/ssl/private/{NAME}.rsa.key"))
        load = subprocess.Popen(
            [LAB, "net", host.name, sys.executable, Path(__file__).with_name("mail_load.py"),
             folder / "crt", folder / "key", str(MESSAGES)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(load.kill)
        self.assertEqual(load.stdout.readline(), "up\n")
        for date in ("20180330", "20230601", "20261101"):
            done = tlspolicy(host, "set", date, "--weaker", "--lose-ssh-keys")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        report = json.loads(load.communicate(timeout=600)[0])
        print(f"\n{suite}: {report}", file=sys.stderr)
        self.assertEqual(report["failed"], [])
        self.assertEqual(report["lost"], {"in": 0, "out": 0})
        self.assertGreaterEqual(min(report["sent"].values()), MESSAGES)
        self.assertEqual(report["sessions_ended"], [])
        self.assertEqual(report["relayed_in_plaintext"], 0)

    def test_on_debian_12(self):
        self.suite = "bookworm"
        self.goes_through()

    def test_on_debian_13(self):
        self.suite = "trixie"
        self.goes_through()


if __name__ == "__main__":
    unittest.main()

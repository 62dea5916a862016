"""The main job on real hosts: plan, set, check, undo, for each date on Debian 12 and 13; what was
predicted is what check and other people's scanners see, and nobody is cut off meanwhile.
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from lablib import differences, wait_for  # noqa: E402
from oracles import negotiates  # noqa: E402
from product import DATES, OnHost, ask, checked, once, predicted  # noqa: E402
from table import rows  # noqa: E402


class Suite(OnHost):
    scenario = "web"

    def test_every_date_is_predicted_proven_and_taken_back(self):
        for date in DATES:
            with self.subTest(date=date):
                before = self.host.snapshot_etc()
                foreseen = predicted(self.host, date)
                self.done("set", date, "--weaker")
                self.complies()
                for row in rows(self.host, date, foreseen):
                    self.assertEqual(row.predicted, row.oracle, row)
                self.done("undo", "--weaker")
                self.assertEqual(list(differences(before, self.host.snapshot_etc())), [])

    @once
    def test_a_second_set_changes_nothing(self):
        self.done("set", "20261101", "--weaker")
        self.addCleanup(self.done, "undo", "--weaker")
        before = self.state()
        seen = self.done("set", "20261101")
        self.assertIn("nothing to do", seen.stdout)
        self.assertEqual(before, self.state())

    def state(self):
        """Files, generations, and when each service last changed its state (a reload counts)."""
        times = self.host.run("systemctl show -p Id,StateChangeTimestampMonotonic apache2 ssh").stdout
        return self.host.snapshot("/etc"), self.host.snapshot("/var/lib/tlspolicy/generations"), times

    def test_nobody_is_cut_off(self):
        ssh = self.host.start("ssh -o BatchMode=yes alice@localhost 'echo up; read line; echo $line'",
                              stdin=-1, stdout=-1, text=True)
        self.addCleanup(ssh.kill)
        self.assertEqual(ssh.stdout.readline(), "up\n")
        load = self.host.start(
            "curl -sS --limit-rate 350k --cacert /etc/ssl/lab-ca.pem https://plain.example/big"
            " -o /tmp/big; echo $?", stdout=-1, text=True)
        self.addCleanup(load.kill)
        wait_for(lambda: self.host.run("stat -c %s /tmp/big", check=False).stdout.strip() > "0",
                 what="the download")
        self.done("set", "20261101", "--weaker")
        self.assertIsNone(load.poll(), "the download ended before set did: make it longer")
        self.assertEqual(load.communicate(timeout=60)[0], "0\n")
        self.host.run("cmp /tmp/big /var/www/plain.example/big")
        self.assertEqual(ssh.communicate("still\n", timeout=20)[0], "still\n")
        self.done("undo", "--weaker")

    def test_the_stricter_virtual_host_stays_stricter(self):
        for date in DATES:
            self.assertEqual(predicted(self.host, date)["httpd:443:strict.example"]["protocols"],
                             ["TLSv1.3"])

    def test_the_legacy_date_lets_an_old_client_in_and_asks_before(self):
        refused = self.done("set", "20180330", status=3)
        self.assertIn("--weaker", refused.stderr)
        self.assertIn("TLSv1.0", refused.stdout + refused.stderr)
        self.done("set", "20180330", "--weaker")
        self.addCleanup(self.done, "undo", "--weaker")
        old = ["openssl", "s_client", "-connect", "localhost:443", "-servername", "plain.example",
               "-tls1", "-cipher", "ALL:@SECLEVEL=0", "-CAfile", "/etc/ssl/lab-ca.pem"]
        seen = self.host.run(old, check=False, data="")
        self.assertIn("Verify return code: 0", seen.stdout, seen.stderr)

    def test_a_match_block_cannot_reopen_what_the_policy_closed(self):
        conf = "/etc/ssh/sshd_config"
        before = self.host.read(conf)
        self.host.write(conf, before + b"Match User backup\n  RequiredRSASize 1024\n")
        self.addCleanup(self.host.write, conf, before)
        self.done("set", "20261101", "--weaker")
        effective = self.host.run("sshd -T -C user=backup,host=x,addr=192.0.2.9").stdout
        self.assertIn("requiredrsasize 2048\n", effective)
        self.done("undo", "--weaker")
        self.assertIn(b"\n  RequiredRSASize 1024\n", self.host.read(conf))

    @once
    def test_check_sees_what_a_match_block_reopened_later(self):
        conf = "/etc/ssh/sshd_config"
        self.done("set", "20261101", "--weaker")
        self.addCleanup(self.done, "undo", "--weaker")
        before = self.host.read(conf)
        self.addCleanup(self.host.write, conf, before)
        self.host.run("groupadd -f empty; groupadd -f staff; usermod -aG staff alice")
        for block, outcome, finding in (
            ("Match User backup\n  RequiredRSASize 1024\n", "fails", "ssh-rsa-size"),
            ("Match Group staff\n  PubkeyAcceptedAlgorithms +ssh-rsa\n", "fails", "ssh-public-key-outside"),
            ("Match Group empty\n  PubkeyAcceptedAlgorithms +ssh-rsa\n", "complies", "ssh-block-of-nobody"),
            ("Match Address 192.0.2.*,!192.0.2.1\n  RequiredRSASize 1024\n", "fails", "ssh-rsa-size"),
            ("Match LocalPort 2222\n  RequiredRSASize 1024\n", "fails", "ssh-rsa-size"),
            ("Match User eve\n  RequiredRSASize 4096\n", "complies", "ssh-settings-inside"),
        ):
            self.host.write(conf, before + block.encode())
            with self.subTest(block):
                verdict = checked(self.host, "sshd")["sshd:22"]
                self.assertEqual(verdict["outcome"], outcome, verdict)
                about = [one for one in verdict["findings"]
                         if one["id"] == finding and block.split("\n")[0] in one["text"]]
                self.assertTrue(about, verdict)


class Bookworm(Suite, unittest.TestCase):
    suite = "bookworm"

    def test_the_shortfall_names_what_hybrids_need(self):
        plan = ask(self.host, "plan", "20261101")
        groups = [one for service in plan["services"] for one in service["shortfalls"]
                  if one["dimension"] == "groups"]
        self.assertIn("OpenSSL 3.5", groups[0]["remedy"])


class Trixie(Suite, unittest.TestCase):
    suite = "trixie"

    def test_hybrid_key_exchange_is_negotiated(self):
        self.done("set", "20261101", "--weaker")
        self.addCleanup(self.done, "undo", "--weaker")
        self.assertTrue(negotiates(self.host, "plain.example", "X25519MLKEM768"))
        for endpoint, verdict in checked(self.host, "httpd").items():
            self.assertEqual(verdict["seen"]["preferred_group"], "X25519MLKEM768", endpoint)


if __name__ == "__main__":
    unittest.main()

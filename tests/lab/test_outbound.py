"""Mail that Postfix sends: what its client offers is caught and proven, and leaves nothing behind.
SPDX-License-Identifier: Apache-2.0
"""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from lablib import wait_for  # noqa: E402
from product import OnHost, ask, checked, once, predicted  # noqa: E402
from table import rows as rows_at  # noqa: E402

TABLE = "/etc/postfix/tls_policy"
ONLY = ("--service", "postfix")
LMTP = """
service lmtp {
  inet_listener lmtp {
    %s = 127.0.0.1
    port = 24
  }
}
auth_username_format = %s
"""
LMTP_BY = ("lmtp_tls_security_level = may", "lmtp_tls_loglevel = 1", "mailbox_transport = lmtp:inet:127.0.0.1:24")


class Suite(OnHost):
    scenario = "mail"

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

    def with_lmtp(self):
        """alice's mail goes to Dovecot by LMTP over TCP, with STARTTLS where it can be had."""
        conf = "/etc/dovecot/conf.d/98-lmtp.conf"
        self.host.write(conf, (LMTP % self.words).encode())
        self.addCleanup(self.host.run, f"rm {conf}; systemctl restart dovecot")
        main = self.host.read("/etc/postfix/main.cf")
        self.addCleanup(self.host.run, "postfix reload")
        self.addCleanup(self.host.write, "/etc/postfix/main.cf", main)
        self.host.run(["postconf", "-e", *LMTP_BY])
        self.host.run("systemctl restart dovecot; postfix reload")

    def delivered(self, subject):
        """What Postfix logged of the handshake with Dovecot's lmtp for a message that arrived."""
        self.host.run(["sendmail", "alice@localhost"], data=f"Subject: {subject}\n\nhello\n")
        wait_for(lambda: subject in self.host.run("grep -rhs ^Subject: /var/mail/ ~alice", check=False).stdout,
                 what=subject)
        return self.host.run("journalctl --no-pager -o cat -t postfix/lmtp").stdout.splitlines()[-2:]

    def test_mail_that_goes_to_dovecot_by_lmtp_follows_at_both_ends(self):
        self.with_lmtp()
        for date, version in (("20180330", "TLSv1.3"), ("20261101", "TLSv1.3")):
            with self.subTest(date=date):
                foreseen = predicted(self.host, date)["postfix:lmtp"]
                self.done("set", date, "--weaker", *ONLY, "--service", "dovecot")
                self.complies("postfix:lmtp", "dovecot:127.0.0.1:24")
                for row in rows_at(self.host, date, {"postfix:lmtp": foreseen}):
                    self.assertEqual(row.predicted, row.oracle, row)
                said = "\n".join(self.delivered(f"by lmtp under {date}"))
                self.assertRegex(said, f"TLS connection established to 127.0.0.1.*:24: {version}")
                self.done("undo", "--weaker")
        self.assertEqual(self.messages_in_queue(), [])

    @once
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

    @once
    def test_a_kill_leaves_nothing_in_the_queue(self):
        self.host.run("postconf -e defer_transports=smtp; postfix reload")
        self.addCleanup(self.host.run, "postconf -X defer_transports; postfix reload")
        check = self.host.start(["tlspolicy", "check", "postfix:outbound"], stdout=subprocess.DEVNULL)
        wait_for(self.messages_in_queue, what="the message")
        self.host.run("kill -9 $(pidof tlspolicy | tr ' ' '\\n' | sort -n | head -n 1)")
        check.wait(30)
        wait_for(lambda: not self.messages_in_queue(), what="an empty queue")

    @once
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


class Bookworm(Suite, unittest.TestCase):
    suite = "bookworm"
    words = "address", "%Ln"   # Dovecot's for a listener's address and for a name without its domain


class Trixie(Suite, unittest.TestCase):
    suite = "trixie"
    words = "listen", "%{user | username | lower}"


if __name__ == "__main__":
    unittest.main()

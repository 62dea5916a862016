"""Dovecot 2.3 and 2.4 on real hosts: every listener proven through its own STARTTLS, blocks that
reopen what a policy closed, local.conf, and what doveconf lets through.
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from lablib import differences  # noqa: E402
from product import OnHost, checked, once, predicted  # noqa: E402

CONF = "/etc/dovecot/conf.d"
DROPIN = f"{CONF}/99-zz-tlspolicy.conf"
ROW = '[[set]]\nkey = "ssl_min_protocol"\n'
SERVICE = ("--service", "dovecot")
DATES = ("20180330", "20230601", "20261101")


class Suite(OnHost):
    scenario = "mail"
    ports = set()

    def setUp(self):
        self.before = self.host.snapshot_etc()

    def same_as_before(self):
        self.assertEqual(list(differences(self.before, self.host.snapshot_etc())), [])

    def with_file(self, path, text):
        """An administrator's file: there until the test ends, and served before it begins."""
        self.host.write(path, text)
        self.addCleanup(self.host.run, f"rm -f {path}; systemctl reload dovecot")
        self.host.run("systemctl reload dovecot")
        self.before = self.host.snapshot_etc()

    def accepts(self, port, *words):
        """Whether the host's own openssl completes a handshake."""
        seen = self.host.run(["openssl", "s_client", "-connect", f"localhost:{port}", *words,
                              "-cipher", "ALL:@SECLEVEL=0"], check=False, data="")
        return "Cipher is (NONE)" not in seen.stdout and "Cipher is " in seen.stdout

    def test_every_listener_follows_every_date_and_comes_back(self):
        for date in DATES:
            with self.subTest(date=date):
                endpoints = {one for one in predicted(self.host, date) if one.startswith("dovecot:")}
                self.assertEqual(endpoints, {f"dovecot:{port}" for port in self.ports})
                self.done("set", date, "--weaker", *SERVICE)
                self.assertEqual(set(self.complies("dovecot")), endpoints)
                self.assertEqual(self.accepts(993, "-tls1"), date == "20180330")
                self.assertEqual(self.accepts(993, "-tls1_2"), True)
                self.done("undo", "--weaker")
                self.same_as_before()

    @once
    def test_finite_field_key_exchange_has_the_size_that_the_policy_wants(self):
        self.done("set", "20230601", "--weaker", *SERVICE)
        self.addCleanup(self.done, "undo", "--weaker")
        seen = self.host.run(["openssl", "s_client", "-connect", "localhost:993", "-tls1_2",
                              "-cipher", "DHE-RSA-AES128-GCM-SHA256"], check=False, data="").stdout
        self.assertRegex(seen, r"Temp Key: DH, (2048|3072|4096) bits")

    def test_a_weak_block_is_set_aside_and_a_stricter_one_stays(self):
        self.with_file(f"{CONF}/50-blocks.conf", b"protocol imap {\n  ssl_min_protocol = TLSv1\n"
                       b"  ssl_cipher_list = ALL:@SECLEVEL=0\n}\r\nprotocol pop3 {\n"
                       b"\tssl_min_protocol = TLSv1.3\n}")
        self.assertTrue(self.accepts(993, "-tls1"))
        self.done("set", "20261101", "--weaker", *SERVICE)
        verdicts = self.complies("dovecot")
        self.assertFalse(self.accepts(993, "-tls1"))
        self.assertFalse(self.accepts(995, "-tls1_2"))
        self.assertTrue(self.accepts(995, "-tls1_3"))
        self.assertEqual(verdicts["dovecot:995"]["outcome"], "complies")
        self.done("undo", "--weaker")
        self.same_as_before()
        self.assertTrue(self.accepts(993, "-tls1"))

    @once
    def test_local_conf_which_is_read_last_does_not_win(self):
        self.with_file("/etc/dovecot/local.conf", b"ssl_min_protocol = TLSv1\nssl_cipher_list = ALL:@SECLEVEL=0")
        self.done("set", "20261101", "--weaker", *SERVICE)
        self.complies("dovecot")
        self.assertFalse(self.accepts(993, "-tls1"))
        self.done("undo", "--weaker")
        self.same_as_before()

    def test_an_open_imap_session_survives(self):
        # As packaged (shutdown_clients = yes) Dovecot ends sessions six seconds after any reload.
        self.with_file(f"{CONF}/zz-stay.conf", b"shutdown_clients = no\n")
        self.host.run("systemctl restart dovecot")
        session = self.host.start("openssl s_client -quiet -connect localhost:993 2>/dev/null",
                                  stdin=-1, stdout=-1, text=True)
        self.addCleanup(session.kill)
        self.assertIn("OK", session.stdout.readline())
        self.done("set", "20261101", "--weaker", *SERVICE)
        self.addCleanup(self.done, "undo", "--weaker")
        session.stdin.write("a NOOP\r\nb LOGOUT\r\n")
        session.stdin.flush()
        self.assertIn("a OK", session.communicate(timeout=60)[0])

    def test_submission_follows_as_well(self):
        # At ports of its own: 465 and 587 are Postfix's here.
        module = "/usr/share/dovecot/protocols.d/submissiond.protocol"
        self.addCleanup(self.host.run, f"mv {module} {module}.off; systemctl restart dovecot")
        self.host.run(f"mv {module}.off {module}")
        self.with_file(f"{CONF}/zz-submission.conf",
                       b"service submission-login {\n  inet_listener submission {\n    port = 1587\n  }\n"
                       b"  inet_listener submissions {\n    port = 1465\n    ssl = yes\n  }\n}\n")
        self.host.run("systemctl restart dovecot")
        ports = {f"dovecot:{port}" for port in (1587, 1465)}
        for date in DATES:
            with self.subTest(date=date):
                self.assertLessEqual(ports, set(predicted(self.host, date)))
                self.done("set", date, "--weaker", *SERVICE)
                self.assertLessEqual(ports, set(self.complies("dovecot")))
                for version in ("-tls1", "-tls1_2"):
                    taken = version == "-tls1_2" or date == "20180330"
                    self.assertEqual(self.accepts(1465, version), taken)
                    self.assertEqual(self.accepts(1587, version, "-starttls", "smtp"), taken)
                self.done("undo", "--weaker")
                self.same_as_before()

    def rolled_back(self, key, value, after=()):
        """A manifest that is wrong on purpose: doveconf takes it, set does not keep it."""
        wrong = f'[[set]]\nkey = "{key}"\nvalue = "{value}"\nenforces = []\n'
        self.host.run("rm -rf /tmp/data && cp -r /usr/share/tlspolicy /tmp/data")
        path = "/tmp/data/services/dovecot/service.toml"
        text = self.host.read(path).decode()
        text = text.replace(ROW, wrong + ROW, 1) if key != "ssl_min_protocol" else text
        for old, new in after:
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.host.write(path, text.encode())
        beside = "/etc/dovecot/wrong.conf"
        main = self.host.read("/etc/dovecot/dovecot.conf")
        self.host.write(beside, main + f"\n{key} = {value}\n".encode())
        self.host.run(["doveconf", "-n", "-c", beside])  # is content with it
        self.host.run(["rm", beside])
        seen = self.done("set", "20261101", "--weaker", *SERVICE, "--data", "/tmp/data", status=3)
        self.assertIn("ROLLED BACK", seen.stdout)
        for endpoint, verdict in checked(self.host, "dovecot", "--policy", "20261101").items():
            self.assertTrue(verdict["serves"], endpoint)
        self.same_as_before()

    def test_a_nonsense_cipher_is_found_on_the_wire(self):
        self.rolled_back("ssl_cipher_list", "NONSENSE", [
            ('[[set]]\nkey = "ssl_cipher_list"\nvalue = "${tls.suites:openssl}"\n'
             'enforces = ["suites"]\npreflight = "suites"\n', "")])

    @once
    def test_a_nonsense_cipher_is_found_before_it_is_written(self):
        self.rolled_back("ssl_cipher_list", "NONSENSE", [
            ('key = "ssl_cipher_list"\nvalue = "${tls.suites:openssl}"',
             'key = "ssl_cipher_list"\nvalue = "NONSENSE"')])

    @once
    def test_a_nonsense_curve_is_found_on_the_wire(self):
        self.rolled_back("ssl_curve_list", "X25519:nonsense", [
            ('[[set]]\nkey = "ssl_curve_list"\nvalue = "${tls.groups:openssl}"\n'
             'enforces = ["groups"]\npreflight = "groups"\n', "")])

    @once
    def test_a_version_that_there_is_not_is_found(self):
        row = 'value = "${tls.min_protocol:openssl}"\nenforces = ["protocols"]\npreflight = "protocol"\n'
        wrong = 'value = "TLSv1.9"\nenforces = ["protocols"]\n'
        for where, text in (("before it is written", wrong + 'preflight = "protocol"\n'), ("on the wire", wrong)):
            with self.subTest(where):
                self.rolled_back("ssl_min_protocol", "TLSv1.9", [(row, text)])

    @once
    def test_a_certificate_of_another_key_is_found_on_the_wire(self):
        self.rolled_back(*self.certificate("/etc/ssl/certs/mail.example.ecdsa.pem"))

    def test_a_missing_certificate_is_found(self):
        self.rolled_back(*self.certificate("/etc/ssl/certs/absent.pem"))


class Bookworm(Suite, unittest.TestCase):
    suite = "bookworm"
    ports = {143, 993, 110, 995, 4190}

    def certificate(self, path):
        return "ssl_cert", "<" + path


class Trixie(Suite, unittest.TestCase):
    suite = "trixie"
    ports = {143, 993, 110, 995, 4190, 2000}   # sieve_deprecated of Debian's own configuration

    def certificate(self, path):
        return "ssl_server_cert_file", path

    def test_hybrid_key_exchange_is_negotiated(self):
        self.done("set", "20261101", "--weaker", *SERVICE)
        self.addCleanup(self.done, "undo", "--weaker")
        for endpoint, verdict in checked(self.host, "dovecot").items():
            self.assertEqual(verdict["seen"]["preferred_group"], "X25519MLKEM768", endpoint)


if __name__ == "__main__":
    unittest.main()

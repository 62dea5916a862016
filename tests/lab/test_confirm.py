#!/usr/bin/python3
"""A change that goes back by itself unless somebody confirms it, asked for inside a real SSH session;
and a change that was stopped half-way goes back at boot, before the services start.
SPDX-License-Identifier: Apache-2.0
"""

import unittest

from lablib import LabError, LabHost, differences, wait_for
from product import DROPIN, FIRST, ask, install, tlspolicy

SSHD = "/etc/ssh/sshd_config.d/00-tlspolicy.conf"


def pending(host):
    return (ask(host, "status")["pending"] or {}).get("id")


def is_there(host, path):
    return host.run(["test", "-e", path], check=False).returncode == 0


def said_by(host, unit, text):
    """Asked while the host goes down and up again, an answer may never come."""
    try:
        return text in host.run(["journalctl", "-u", unit, "--no-pager"], check=False, timeout=10).stdout
    except LabError:
        return False


class InsideAnSshSession(unittest.TestCase):
    def setUp(self):
        self.host = self.enterContext(LabHost("confirm", FIRST, "web"))
        install(self.host)
        self.host.run("cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys")

    def over_ssh(self, *words):
        return self.host.run(
            ["ssh", "-o", "BatchMode=yes",
             "root@localhost", "tlspolicy", *words], check=False)

    def test_it_has_to_be_said_and_then_goes_back_or_stays(self):
        refused = self.over_ssh("set", "20261101", "--weaker")
        self.assertEqual(refused.returncode, 3, refused.stderr)
        self.assertIn("--confirm 5m", refused.stderr)
        self.assertFalse(is_there(self.host, SSHD))

        start = self.host.snapshot_etc()
        waiting = self.over_ssh("set", "20261101", "--weaker", "--confirm", "10s")
        self.assertEqual(waiting.returncode, 0, waiting.stderr)
        self.assertRegex(waiting.stdout, r"unless you run:\n  tlspolicy confirm")
        self.assertTrue(is_there(self.host, SSHD) and is_there(self.host, DROPIN))
        self.assertEqual(pending(self.host), "confirm-pending")
        wait_for(lambda: pending(self.host) is None, 60, "the change to go back")
        self.assertEqual(list(differences(start, self.host.snapshot_etc())), [])

        self.assertEqual(self.over_ssh("set", "20261101", "--weaker", "--confirm", "20s").returncode, 0)
        self.assertEqual(self.over_ssh("confirm").returncode, 0)
        wait_for(lambda: not self.host.run("systemctl list-timers --all | grep tlspolicy-return",
                                           check=False).stdout, 60, "the timer to fire")
        wait_for(lambda: "recover" not in self.host.run("systemctl list-units 'tlspolicy-return*'",
                                                        check=False).stdout, 30, "its service")
        self.assertTrue(is_there(self.host, SSHD) and is_there(self.host, DROPIN))
        self.assertEqual(tlspolicy(self.host, "check").returncode, 0)

    def test_a_change_that_is_killed_half_way_goes_back_in_the_time_given(self):
        start = self.host.snapshot_etc()
        killed = self.host.run(
            "tlspolicy set 20261101 --service httpd --weaker --confirm 15s 2>&1 | while read line; do "
            "case $line in *'httpd: written'*) pkill -9 -x tlspolicy; echo killed; exit;; esac; done",
            check=False)
        self.assertEqual(killed.stdout, "killed\n")
        self.assertEqual(pending(self.host), "pending-journal")
        wait_for(lambda: pending(self.host) is None, 60, "the change to go back")
        self.assertEqual(list(differences(start, self.host.snapshot_etc())), [])

    def test_without_systemd_a_process_waits(self):
        start = self.host.snapshot_etc()
        # What sd_booted(3) looks at is hidden from this run alone.
        done = self.host.run("unshare -m sh -c 'mount -t tmpfs none /run/systemd && "
                             "tlspolicy set 20261101 --weaker --confirm 10s'", check=False)
        self.assertRegex(done.stdout, r"unless you run:\n  tlspolicy confirm", done.stderr)
        wait_for(lambda: pending(self.host) is None, 60, "the change to go back")
        self.assertEqual(list(differences(start, self.host.snapshot_etc())), [])


class AtBoot(unittest.TestCase):
    def test_an_unfinished_change_goes_back_before_services_start(self):
        host = self.enterContext(LabHost("boot", "trixie", "web"))
        install(host)
        start = host.snapshot_etc()
        killed = host.run(
            "tlspolicy set 20261101 --weaker 2>&1 | while read line; do case $line in "
            "*'httpd: reloaded'*) pkill -9 -x tlspolicy; echo killed; exit;; esac; done", check=False)
        self.assertEqual(killed.stdout, "killed\n")
        self.assertEqual(pending(host), "pending-journal")
        # Everything but the kernel starts anew.
        host.run("systemctl soft-reboot", check=False)
        wait_for(lambda: said_by(host, "tlspolicy-recover", "taken back"), 60, "the boot unit")
        host.run("systemctl is-system-running --wait", check=False)
        changed = [one for one in differences(start, host.snapshot_etc())
                   if "/etc/.updated" not in one]  # systemd-update-done(8) writes it at boot
        self.assertEqual(changed, [])
        self.assertIsNone(pending(host))
        times = {unit: int(host.run(["systemctl", "show", "-P", f"{what}TimestampMonotonic", unit])
                           .stdout)
                 for unit, what in (("tlspolicy-recover", "ActiveEnter"), ("apache2", "InactiveExit"),
                                    ("ssh", "InactiveExit"))}
        self.assertLess(times["tlspolicy-recover"], min(times["apache2"], times["ssh"]))
        self.assertIn("serves", host.run("journalctl -u tlspolicy-prove --no-pager").stdout)


if __name__ == "__main__":
    unittest.main()

"""A second Postfix beside the first (postmulti(1)): both follow, each is proven, both come back.
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from lablib import differences  # noqa: E402
from product import OnHost, ask  # noqa: E402

SECOND = "postfix@postfix-two"
ONLY = ("--service", "postfix")
MAKE = """
set -e
postmulti -e init
postmulti -I postfix-two -e create
sed -e 's/^smtp  *inet /2625 inet /' -e '/^submission/,$d' /etc/postfix/master.cf >/etc/postfix-two/master.cf
grep '^smtpd_tls' /etc/postfix/main.cf >>/etc/postfix-two/main.cf
postconf -c /etc/postfix-two -X master_service_disable
postconf -c /etc/postfix-two -e 'inet_interfaces = all' 'inet_protocols = ipv4' myhostname=two.example \
  smtpd_tls_security_level=may compatibility_level=3.6 multi_instance_enable=yes
systemctl restart postfix
postmulti -i postfix-two -p status || postmulti -i postfix-two -p start
"""


class Suite(OnHost):
    scenario = "mail"

    def test_both_follow_and_come_back(self):
        self.host.run(MAKE)
        before = self.host.snapshot_etc()
        plan = {one["service"] for one in ask(self.host, "plan", "20261101", *ONLY)["services"]}
        self.assertEqual(plan, {"postfix", SECOND})
        self.done("set", "20261101", "--weaker", *ONLY)
        self.assertIn(f"{SECOND}:2625", self.complies(*ONLY))
        self.assertTrue(self.shakes_hands(2625, "-tls1_2", starttls=True))
        weak = ("-tls1_2", "-cipher", "CAMELLIA128-SHA:ARIA128-GCM-SHA256:AES128-CCM8:@SECLEVEL=0")
        self.assertFalse(self.shakes_hands(2625, *weak, starttls=True))
        self.done("undo", "--weaker")
        self.assertEqual(list(differences(before, self.host.snapshot_etc())), [])


class Bookworm(Suite, unittest.TestCase):
    suite = "bookworm"


class Trixie(Suite, unittest.TestCase):
    suite = "trixie"


if __name__ == "__main__":
    unittest.main()

"""Puts the built program into a lab host and drives it as an administrator would.

$TLSPOLICY_BUILD names the build folder; without it build/dev of this tree.
SPDX-License-Identifier: Apache-2.0
"""

import functools
import json
import os
import platform
import subprocess
import tempfile
import unittest
from pathlib import Path

from lablib import LabHost

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("TLSPOLICY_BUILD", TOP / "build/dev"))
DATES = ("20180330", "20230601", "20261101")   # the first, one between, and the newest
ALL_DATES = tuple(sorted(path.stem for path in (TOP / "data/policies").glob("*.toml")))
SUITES = ("bookworm", "trixie")
DROPIN = "/etc/apache2/conf-enabled/zz-tlspolicy.conf"


def _serving():
    """The suites whose hosts can run what this machine builds: C libraries only look back."""
    codename = platform.freedesktop_os_release().get("VERSION_CODENAME")
    return SUITES[SUITES.index(codename):] if codename in SUITES else SUITES


SERVING = _serving()
FIRST = SERVING[0]   # for what is tried on one release


def needs(suite):
    if suite not in SERVING:
        raise unittest.SkipTest(f"programs built on this release do not run on {suite}")


def install(host):
    """As a package would: /usr/sbin, /usr/libexec, /usr/share."""
    with tempfile.TemporaryDirectory() as tree:
        os.chmod(tree, 0o755)
        subprocess.run(
            ["cmake", "--install", BUILD, "--prefix", "/usr"],
            env={**os.environ, "DESTDIR": tree},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        host.push(tree, "/")


def tlspolicy(host, *words, timeout=180):
    """The finished process of `tlspolicy WORDS`, whatever its status."""
    return host.run(["tlspolicy", *words], check=False, timeout=timeout)


def ask(host, *words):
    """The JSON that `tlspolicy WORDS --json` prints."""
    seen = tlspolicy(host, *words, "--json")
    try:
        return json.loads(seen.stdout)
    except json.JSONDecodeError:
        raise AssertionError(f"{words}: status {seen.returncode}\n{seen.stdout}{seen.stderr}") from None


def predicted(host, policy):
    """{endpoint: {dimension: [names]}} of `plan`."""
    return {
        endpoint["id"]: {
            row["dimension"]: [one["name"] for one in row["names"]] for row in endpoint["dimensions"]
        }
        for service in ask(host, "plan", policy)["services"]
        for endpoint in service["endpoints"]
    }


def checked(host, *words):
    """{endpoint: verdict} of `check`."""
    return {one["endpoint"]: one for one in ask(host, "check", *words)["endpoints"]}


def once(test):
    """Not on every release: what this shows hangs on our own code, and it takes minutes. With
    TLSPOLICY_LAB_ALL=1 it is tried everywhere."""
    @functools.wraps(test)
    def run(self):
        if self.suite != FIRST and not os.environ.get("TLSPOLICY_LAB_ALL"):
            self.skipTest(f"tried on {FIRST}; here too with TLSPOLICY_LAB_ALL=1")
        test(self)
    return run


class OnHost:
    """Frame of a test case on a host of its own: `suite` and `scenario` say which."""

    suite = scenario = ""

    @classmethod
    def setUpClass(cls):
        needs(cls.suite)
        name = f"{cls.scenario}-{cls.suite}-{os.getpid()}"
        cls.host = LabHost(name, cls.suite, scenario=cls.scenario).__enter__()
        cls.addClassCleanup(cls.host.down)
        install(cls.host)

    def done(self, *words, status=0):
        seen = tlspolicy(self.host, *words)
        self.assertEqual(seen.returncode, status, f"{words}\n{seen.stdout}{seen.stderr}")
        return seen

    def complies(self, *words):
        """`check WORDS` finds that every endpoint complies, with few connections; their verdicts."""
        verdicts = checked(self.host, *words)
        for endpoint, verdict in verdicts.items():
            self.assertEqual(verdict["outcome"], "complies", f"{endpoint}: {verdict}")
            self.assertLessEqual(verdict["connections"], 20, endpoint)
        return verdicts

    def shakes_hands(self, port, *words, starttls=False):
        """Whether the host's own `openssl s_client`, at security level 0, gets through."""
        line = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *words]
        seen = self.host.run(line + (["-starttls", "smtp"] if starttls else []), check=False, data="QUIT\n")
        return "Cipher is (NONE)" not in seen.stdout and "Cipher is" in seen.stdout

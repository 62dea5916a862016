"""What programs that we did not write see of an endpoint: sslscan, openssl s_client, ssh-audit.

Everything is compared by wire number, so that nobody's spelling of a name decides.
SPDX-License-Identifier: Apache-2.0
"""

import csv
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

REGISTRY = Path(__file__).resolve().parents[2] / "data/registry/tls-cipher-suites-2023-01.csv"
GROUPS = {  # the hybrids are younger than the scanner: openssl s_client is asked for them
    "secp256r1": 0x17, "secp384r1": 0x18, "secp521r1": 0x19, "x25519": 0x1D, "x448": 0x1E,
}


def suite_codes():
    """{IANA name: number} of the registry's own table."""
    with open(REGISTRY, newline="", encoding="utf-8") as rows:
        return {
            row["Description"]: int(row["Value"].replace(",0x", ""), 16)
            for row in csv.DictReader(rows)
            if row["Description"].startswith("TLS_") and "-" not in row["Value"]
        }


def sslscan(host, name, port=443, starttls=""):
    """({protocol}, {(protocol, suite number)}, {group number}) as sslscan sees them."""
    words = [f"--starttls-{starttls}"] if starttls else []
    seen = host.net("sslscan", "--xml=-", *words, f"{name}:{port}", timeout=300)
    test = ElementTree.fromstring(seen.stdout[seen.stdout.index("<?xml") :]).find("ssltest")
    protocols = {
        f"{'TLSv' if one.get('type') == 'tls' else 'SSLv'}{one.get('version')}"
        for one in test.iter("protocol")
        if one.get("enabled") == "1"
    }
    suites = {(one.get("sslversion"), int(one.get("id"), 16)) for one in test.iter("cipher")}
    groups = {int(one.get("id"), 16) for one in test.iter("group")}
    return protocols, suites, groups


def negotiates(host, name, group):
    """Whether the host's own `openssl s_client` completes a TLS 1.3 handshake with this group."""
    words = ["openssl", "s_client", "-connect", "localhost:443", "-servername", name, "-tls1_3"]
    seen = host.run([*words, "-groups", group, "-CAfile", "/etc/ssl/lab-ca.pem"], check=False, data="")
    return seen.returncode == 0 and "Verify return code: 0" in seen.stdout


def ssh_audit(host, port=22):
    """{"kex": [...], "enc": [...], "mac": [...], "key": [...]} as ssh-audit sees them."""
    seen = host.net("ssh-audit", "-j", "-p", port, "127.0.0.1", check=False)
    found = json.loads(seen.stdout)
    name = lambda one: one["algorithm"] if isinstance(one, dict) else one  # noqa: E731
    return {kind: [name(one) for one in found[kind]] for kind in ("kex", "enc", "mac", "key")}

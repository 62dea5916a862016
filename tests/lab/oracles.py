"""What programs that we did not write see of an endpoint: sslscan, openssl s_client, ssh-audit.

Everything is compared by wire number, so that nobody's spelling of a name decides.
SPDX-License-Identifier: Apache-2.0
"""

import csv
import json
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from lablib import LAB

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


# What `openssl s_client` of the host itself is given: all that it can offer, without what was chosen
# before, until nothing is; one line for each handshake, "VERSION KIND NAME".
_PEEL = r"""
try() { openssl s_client -connect "$at" -starttls "$starttls" "$@" </dev/null 2>/dev/null; }
suite() { sed -n 's/^New, .*, Cipher is \([A-Z0-9_-]*\)$/\1/p' | grep .; }
for v in 1 1_1 1_2; do
  list=ALL:COMPLEMENTOFALL:@SECLEVEL=0
  while found=$(try -tls$v -cipher "$list" | suite); do
    echo "$v suite $found"
    list=$list:-$found
  done
done
for one in TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 TLS_AES_128_GCM_SHA256     TLS_AES_128_CCM_SHA256 TLS_AES_128_CCM_8_SHA256; do
  ! try -tls1_3 -ciphersuites $one -cipher DEFAULT:@SECLEVEL=0 | suite >/dev/null || echo "1_3 suite $one"
done
for one in P-256 P-384 P-521 X25519 X448; do
  for v in 1_2 1_3; do
    ! try -tls$v -groups $one -cipher EECDH:@SECLEVEL=0 | suite >/dev/null || echo "$v group $one"
  done
done
openssl ciphers -V ALL:COMPLEMENTOFALL:@SECLEVEL=0 | sed 's/^ *0x\(..\),0x\(..\) - \([^ ]*\).*/number \1\2 \3/'
"""


def peeled(host, name, port, starttls):
    """As sslscan(), for STARTTLS protocols that it does not know: by the host's openssl s_client."""
    seen = host.run(f"at={name}:{port} starttls={starttls}\n{_PEEL}", timeout=600).stdout
    lines = [line.split() for line in seen.splitlines()]
    numbers = {words[2]: int(words[1], 16) for words in lines if words[0] == "number"}
    groups = {"P-256": 0x17, "P-384": 0x18, "P-521": 0x19, "X25519": 0x1D, "X448": 0x1E}
    version = lambda words: "TLSv" + {"1": "1.0"}.get(words[0], words[0].replace("_", "."))  # noqa: E731
    suites = {(version(words), numbers[words[2]]) for words in lines if words[1] == "suite"}
    return ({version for version, _ in suites}, suites,
            {groups[words[2]] for words in lines if words[1] == "group"})


# A port for each handshake: Postfix's queue manager remembers for a while where a delivery failed.
OUTGOING = {"smtp": 2530, "relay": 2540, "lmtp": 2550}
VERSIONS = {"TLSv1.0": "-tls1", "TLSv1.1": "-tls1_1", "TLSv1.2": "-tls1_2", "TLSv1.3": "-tls1_3"}


def _hello(host, port, *words):
    """What `openssl s_server` says of Postfix's next message to that port, see outgoing.py."""
    line = [LAB, "net", host.name, "python3", Path(__file__).with_name("outgoing.py"), str(port), *words]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as front:
        for said in front.stdout:
            if said.startswith("ACCEPT"):
                host.run(["sendmail", "-f", "", f"oracle@p{port}.invalid"], data="\n")
                break
        said = front.stdout.read()
    host.run("postsuper -d ALL", check=False)
    return said


def outgoing(host, transport):
    """As sslscan(), of what Postfix's client offers: as libssl reads it, and by one handshake for each
    version that nothing else is taken in. The lists are those of a hello with all versions in it."""
    host.run("postfix reload")
    port = OUTGOING[transport]
    said = dict(line.split(":", 1) for line in _hello(host, port).splitlines() if ":" in line)
    listed = subprocess.run(["openssl", "ciphers", "-V", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"], check=True,
                            capture_output=True, text=True).stdout
    numbers = {words[2]: int(words[0].replace(",0x", ""), 16) for words in map(str.split, listed.splitlines())}
    new = {name: code for name, code in suite_codes().items() if code >> 8 == 0x13}
    suites = {("TLSv1.3" if name in new else "TLSv1.2", new.get(name) or numbers[name])
              for name in said["Shared ciphers"].strip().split(":")}
    groups = {GROUPS[name.lower()] for name in said["Supported groups"].strip().split(":")
              if name.lower() in GROUPS}
    protocols = {version for step, (version, word) in enumerate(VERSIONS.items(), 1)
                 if "CIPHER is" in (seen := _hello(host, port + step, word)) and "(NONE)" not in seen}
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

#!/usr/bin/python3
"""Prints, for each date on Debian 12 and 13, what plan predicted, what check saw, and what sslscan,
openssl and ssh-audit see; status 1 where they differ.  Run as root: tests/lab/table.py [SUITE...]
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys
from typing import NamedTuple

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))
from lablib import LabHost  # noqa: E402
from oracles import GROUPS, ssh_audit, sslscan, suite_codes  # noqa: E402
from product import DATES, checked, install, predicted, tlspolicy  # noqa: E402


class Row(NamedTuple):
    endpoint: str
    dimension: str
    predicted: frozenset
    oracle: frozenset


STARTTLS = {(service, port): "smtp" for service in ("postfix", "exim") for port in (25, 587)}


def _at(endpoint):
    """(name or address, port, STARTTLS protocol) of "httpd:443:a.example", "postfix:192.0.2.10:2465"."""
    service, *rest = endpoint.split(":")
    if service == "httpd":
        return rest[-1], 443, ""
    port = int(rest[-1])
    return rest[0] if len(rest) > 1 else "127.0.0.1", port, STARTTLS.get((service, port), "")


def _tls_rows(host, endpoint, wanted):
    codes = suite_codes()
    protocols, suites, groups = sslscan(host, *_at(endpoint))
    yield Row(endpoint, "protocols", frozenset(wanted["protocols"]), frozenset(protocols))
    if "TLSv1.2" in wanted["protocols"]:
        yield Row(endpoint, "suites", frozenset(codes[name] for name in wanted["suites"]),
                  frozenset(code for version, code in suites if version != "TLSv1.3"))
    yield Row(endpoint, "tls13_suites", frozenset(codes[name] for name in wanted["tls13_suites"]),
              frozenset(code for version, code in suites if version == "TLSv1.3"))
    known = set(GROUPS.values())
    yield Row(endpoint, "groups", frozenset(GROUPS[name] for name in wanted["groups"] if name in GROUPS),
              frozenset(groups & known))


def _ssh_rows(host, endpoint, wanted):
    seen = ssh_audit(host)
    pseudo = lambda name: name.startswith(("kex-strict-", "ext-info-"))  # noqa: E731
    for dimension, kind in (("ssh_kex", "kex"), ("ssh_ciphers", "enc"), ("ssh_macs", "mac")):
        yield Row(endpoint, dimension, frozenset(wanted[dimension]),
                  frozenset(name for name in seen[kind] if not pseudo(name)))
    # sshd offers the algorithms of those keys alone that it has.
    outside = frozenset(seen["key"]) - frozenset(wanted["ssh_host_keys"])
    yield Row(endpoint, "ssh_host_keys outside", frozenset(), outside)


def rows(host, date, foreseen):
    """Predicted and seen sets of every endpoint, after `set DATE`; numbers for suites and groups."""
    for endpoint, wanted in foreseen.items():
        yield from (_ssh_rows if "ssh_kex" in wanted else _tls_rows)(host, endpoint, wanted)


def _print_date(host, suite, date):
    foreseen = predicted(host, date)
    tlspolicy(host, "set", date, "--weaker")
    verdicts = checked(host)
    different = 0
    for row in rows(host, date, foreseen):
        equal = row.predicted == row.oracle
        different += not equal
        print(f"{suite:9} {date} {row.endpoint:26} {row.dimension:21} {len(row.predicted):9} "
              f"{verdicts[row.endpoint]['outcome']:10} {len(row.oracle):6} "
              f"{'equal' if equal else 'DIFFERS ' + str(set(row.predicted ^ row.oracle))}")
    tlspolicy(host, "undo", "--weaker")
    return different


def main(suites):
    print(f"{'release':9} {'date':8} {'endpoint':26} {'dimension':21} predicted check      oracle verdict")
    different = 0
    for suite in suites or ("bookworm", "trixie"):
        with LabHost(f"table-{os.getpid()}", suite, scenario="web") as host:
            install(host)
            different += sum(_print_date(host, suite, date) for date in DATES)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

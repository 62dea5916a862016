#!/usr/bin/python3
"""Prints, for each date on Debian 12 and 13 and each endpoint, how many protocols, suites and groups
plan predicted and what check saw, beside what sslscan, openssl (of mail that goes out: s_server) and
ssh-audit see; status 1 where they differ.  Run as root: tests/lab/table.py [web|mail|exim] [SUITE...]
SPDX-License-Identifier: Apache-2.0
"""

import concurrent.futures
import os
import sys
from typing import NamedTuple

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))
from lablib import LabHost  # noqa: E402
from oracles import GROUPS, outgoing, peeled, ssh_audit, sslscan, suite_codes  # noqa: E402
from product import ALL_DATES, DATES, SERVING, checked, install, predicted, tlspolicy  # noqa: E402


class Row(NamedTuple):
    endpoint: str
    dimension: str
    predicted: frozenset
    oracle: frozenset


STARTTLS = {25: "smtp", 587: "smtp", 110: "pop3", 143: "imap", 4190: "sieve", 2000: "sieve"}
SCENARIOS = {  # words of the scenario, dates: web's keys are too small for 2029's
    "web": ((), DATES),
    "mail": (("3072",), ALL_DATES),
    "exim": (("3072",), ALL_DATES),
}
DIMENSIONS = ("protocols", "suites", "tls13_suites", "groups")
CLIENTS = {"postfix:outbound": "smtp", "postfix:outbound:relay": "relay", "postfix:lmtp": "lmtp"}


def _at(endpoint):
    """(name or address, port, STARTTLS protocol) of "httpd:443:a.example", "postfix:192.0.2.10:2465"."""
    service, *rest = endpoint.split(":")
    if service == "httpd":
        return rest[-1], 443, ""
    port = int(rest[-1])
    return rest[0] if len(rest) > 1 else "127.0.0.1", port, STARTTLS.get(port, "")


def _tls_rows(host, endpoint, wanted):
    codes = suite_codes()
    if endpoint in CLIENTS:
        protocols, suites, groups = outgoing(host, CLIENTS[endpoint])
    else:
        name, port, starttls = _at(endpoint)
        look = peeled if starttls == "sieve" else sslscan   # which sslscan does not know
        protocols, suites, groups = look(host, name, port, starttls)
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


def _cell(row):
    equal = row.predicted == row.oracle
    return f"{len(row.predicted)}={len(row.oracle)}" if equal else f"{len(row.predicted)}/{len(row.oracle)}"


def _print_endpoint(suite, date, endpoint, verdict, found):
    wrong = [row for row in found if row.predicted != row.oracle]
    cells = {row.dimension: _cell(row) for row in found}
    same = not wrong and verdict["outcome"] == "complies"
    if "ssh_kex" in cells:
        shown = "  ".join(f"{name.removeprefix('ssh_')} {cell}" for name, cell in cells.items())
    else:
        shown = " ".join(f"{cells.get(name, '-'):>12}" for name in DIMENSIONS)
    print(f"{suite:9} {date} {endpoint:24} {shown} {verdict['outcome']:>10}  "
          f"{'equal' if same else 'DIFFERS'}", flush=True)
    for row in wrong:
        print(f"{'':9} {row.dimension}: predicted alone {sorted(row.predicted - row.oracle)}, "
              f"seen alone {sorted(row.oracle - row.predicted)}")
    return not same


def _print_date(host, suite, date):
    """The number of endpoints at which something differs."""
    foreseen = predicted(host, date)
    done = tlspolicy(host, "set", date, "--weaker", timeout=600)
    if done.returncode != 0:
        print(f"{suite:9} {date} set: status {done.returncode}\n{done.stdout}{done.stderr}")
        return 1
    verdicts = checked(host)
    # One endpoint of a service after another: two scanners at once exhaust Dovecot's login processes.
    services = {}
    for one in foreseen:
        services.setdefault(one.split(":")[0], {})[one] = foreseen[one]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        found = [row for seen in pool.map(lambda some: list(rows(host, date, some)), services.values())
                 for row in seen]
    different = sum(_print_endpoint(suite, date, one, verdicts[one],
                                    [row for row in found if row.endpoint == one]) for one in foreseen)
    tlspolicy(host, "undo", "--weaker", timeout=600)
    return different


def main(words):
    scenario = words.pop(0) if words and words[0] in SCENARIOS else "web"
    own, dates = SCENARIOS[scenario]
    print("predicted=seen by others; predicted/seen where they are not the same")
    print(f"{'release':9} {'date':8} {'endpoint':24} {' '.join(f'{name:>12}' for name in DIMENSIONS)} "
          f"{'check':>10}  verdict")
    different = 0
    for suite in words or SERVING:
        with LabHost(f"table-{suite}-{os.getpid()}", suite, scenario=scenario, words=own) as host:
            install(host)
            different += sum(_print_date(host, suite, date) for date in dates)
    print(f"{different or 'no'} endpoints differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/python3
"""Prints, as a table in Markdown, how `scan` grades each TLS endpoint of a mail and web host as Debian packages
it, before and after `set DATE`, and why; of SSH, which no guide grades, the weaknesses.  The grade is the one
without what is wrong with the certificate: a package makes one that nobody trusts.  Status 1 where a grade got
worse, or `check` finds something.  Run as root: tests/lab/grades.py [DATE] [SUITE]
SPDX-License-Identifier: Apache-2.0
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))
from lablib import LabHost  # noqa: E402
from product import ask, checked, install, tlspolicy  # noqa: E402

# Without settings of their own in the scenarios; 587 says itself what Postfix has by default.
TARGETS = {
    "https, 443": "plain.example:443",
    "smtp, 25": "smtp://127.0.0.1",
    "submissions, 465": "127.0.0.1:465",
    "submission, 587": "smtp://127.0.0.1:587",
    "pop3, 110": "pop3://127.0.0.1",
    "imap, 143": "imap://127.0.0.1",
    "imaps, 993": "127.0.0.1:993",
    "pop3s, 995": "127.0.0.1:995",
    "sieve, 4190": "sieve://127.0.0.1",
    "ssh, 22": "ssh://127.0.0.1",
}
NOT_GRADED = "not graded"
LETTERS = ("A", "A-", "B", "C", "D", "E", "F", NOT_GRADED)   # from good to bad


def scanned(host):
    """{target: endpoint} of `scan`."""
    return {one["target"]: one for one in ask(host, "scan", *TARGETS.values())["endpoints"]}


def letter(endpoint):
    return endpoint["grade"]["if_trusted"] if endpoint["grade"] else NOT_GRADED


def _why(endpoint):
    if not endpoint["grade"]:
        weak = [f"{one['severity']}: {one['id']}" for one in endpoint["weaknesses"]]
        return "; ".join(weak) or endpoint["why"] or "no weakness"
    return "; ".join(f"{one['effect']}: {one['text']}" for one in endpoint["grade"]["reasons"]
                     if one["source"] != "trust")


def main(date="20261101", suite="bookworm"):
    with LabHost(f"grades-{suite}-{os.getpid()}", suite, scenario="mail") as host:
        host.play("web")
        install(host)
        before = scanned(host)
        done = tlspolicy(host, "set", date, "--weaker", timeout=600)
        if done.returncode != 0:
            sys.exit(f"set {date}: status {done.returncode}\n{done.stdout}{done.stderr}")
        after = scanned(host)
        differ = [one for one, verdict in checked(host).items() if verdict["outcome"] != "complies"]
    print(f"| endpoint | before | why | after `set {date}` | why |\n|---|---|---|---|---|")
    for name, target in TARGETS.items():
        cells = [f"{letter(one)} | {_why(one)}" for one in (before[target], after[target])]
        print(f"| {name} | {' | '.join(cells)} |")
    print(f"\n`check` after it: {'not so: ' + ', '.join(differ) if differ else 'all complies'}")
    worse = any(LETTERS.index(letter(before[one])) < LETTERS.index(letter(after[one])) for one in TARGETS.values())
    return 1 if differ or worse else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

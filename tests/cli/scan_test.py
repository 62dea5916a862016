#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`tlspolicy scan` over lists, as a user runs it, against servers on loopback addresses.

usage: scan_test.py PROGRAM SOURCE-TREE
"""
import collections
import csv
import json
import os
import pathlib
import pty
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import scan_servers

PROGRAM, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
QUICK = ("--timeout", "20", "--retries", "0")


class Scan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory(prefix="tlspolicy-scan-")
        cls.names = [f"127.7.0.{i}" for i in range(1, 25)]
        cls.tls = scan_servers.Tls(cls.shared.name, cls.names)

    @classmethod
    def tearDownClass(cls):
        cls.tls.close()
        cls.shared.cleanup()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tlspolicy-scan-")
        self.addCleanup(self.folder.cleanup)
        os.chmod(self.folder.name, 0o700)
        self.targets = [f"{name}:{self.tls.port}" for name in self.names]

    def path(self, name, content=None):
        path = pathlib.Path(self.folder.name) / name
        if content is not None:
            path.write_text(content)
        return str(path)

    def start(self, server, *arguments):
        out = server(*arguments)
        self.addCleanup(out.close)
        return out

    def scan(self, *words, stdin=""):
        return subprocess.run([PROGRAM, "scan", *words, "--data", str(SOURCE / "data")],
                              capture_output=True, text=True, timeout=240, input=stdin)

    def lines(self, text):
        return [json.loads(line) for line in text.splitlines()]

    def test_each_result_belongs_to_its_host(self):
        done = self.scan("--targets", "-", "--format", "ndjson", *QUICK, stdin="\n".join(self.targets))
        found = self.lines(done.stdout)
        self.assertEqual(len(found), len(self.names), done.stderr)
        for line in found:
            endpoint = line["endpoint"]
            self.assertEqual(endpoint["serves"], "yes", endpoint["why"])
            subject = endpoint["chains"][0]["certificates"][0]["subject"]
            self.assertEqual(subject, f"CN={endpoint['address']}")
            self.assertEqual(endpoint["target"], f"{endpoint['address']}:{self.tls.port}")
        self.assertIn(f"{len(self.names)} targets in", done.stderr)
        self.assertEqual(done.returncode, 0)

    def test_a_name_is_scanned_where_it_does_not_lead(self):
        words = ("--format", "ndjson", *QUICK)
        for address in ("127.7.0.3", "[127.7.0.3]"):
            done = self.scan(f"new.invalid:{self.tls.port}", "--connect-to", address, *words)
            endpoint = self.lines(done.stdout)[0]["endpoint"]
            self.assertEqual((endpoint["sni"], endpoint["address"]), ("new.invalid", "127.7.0.3"))
            self.assertIn("127.7.0.3", endpoint["chains"][0]["certificates"][0]["subject"])
            self.assertIn("certificate-name", [one["id"] for one in endpoint["weaknesses"]])
        done = self.scan("--targets", "-", "--connect-to", "127.7.0.3", *words,
                         stdin=f"new.invalid:{self.tls.port}\n127.7.0.4:{self.tls.port}\n")
        self.assertEqual(len(self.lines(done.stdout)), 2)
        self.assertIn("line 2", done.stdout)
        self.assertEqual(done.returncode, 3)
        done = self.scan(self.targets[2], "--connect-to", "127.7.0.3", *words)
        self.assertEqual(self.lines(done.stdout)[0]["endpoint"]["address"], "127.7.0.3")
        for more in (("--connect-to", "new.invalid"), ("--connect-to", ""), ("--connect-to", "127.7.0.3:443"),
                     ("--connect-to", "127.7.0.3", "--all-addresses")):
            self.assertEqual(self.scan("www.example.org", *more).returncode, 2, more)

    def test_lines_tell_of_clients_when_asked(self):
        for words, told in ((), False), (("--clients",), True):
            done = self.scan("--targets", "-", "--format", "ndjson", *words, *QUICK, stdin=self.targets[0])
            self.assertEqual(bool(self.lines(done.stdout)[0]["endpoint"]["clients"]), told)
        self.assertEqual(self.scan(self.targets[0], "--format", "csv", "--clients").returncode, 2)

    def test_a_bad_line_is_reported_with_its_number_and_the_rest_goes_on(self):
        text = f"# a list\n{self.targets[0]}\n\nno host at all!\nnobody.invalid\n{self.targets[1]}\n"
        done = self.scan("--targets", self.path("list", text), "--format", "ndjson", *QUICK)
        found = self.lines(done.stdout)
        self.assertEqual(sorted(line["endpoint"]["address"] for line in found if line["endpoint"]),
                         self.names[:2])
        self.assertEqual(sorted((line["left_out"]["where"], line["left_out"]["id"])
                                for line in found if line["left_out"]),
                         [("line 4", "bad-scan-target"), ("line 5", "unknown-host")])
        self.assertEqual(done.returncode, 3)

    def test_bad_servers_cost_their_own_time_and_no_memory(self):
        bad = [self.start(kind) for kind in (scan_servers.Silent, scan_servers.Dripping,
                                              scan_servers.Endless)]
        text = "".join(f"127.8.{nr}.{i}:{server.port}\n" for nr, server in enumerate(bad)
                       for i in range(1, 11)) + "\n".join(self.targets) + "\n127.9.9.9:1\n"
        done = self.scan("--targets", "-", "--format", "ndjson", "--timeout", "3", "--retries", "1",
                         stdin=text)
        serves = collections.Counter(line["endpoint"]["serves"] for line in self.lines(done.stdout))
        self.assertEqual(serves["yes"], len(self.names), done.stderr)
        self.assertEqual(sum(serves.values()), len(self.names) + 31)
        if not self.is_sanitized():
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            self.assertLess(peak, 100 * 1024, "KiB")

    @staticmethod
    def is_sanitized():
        return b"__asan_init" in pathlib.Path(PROGRAM).read_bytes()

    def test_parts_of_a_list_are_all_of_it(self):
        seen = []
        for shard in ("1/2", "2/2"):
            done = self.scan("--targets", "-", "--format", "ndjson", "--shard", shard, *QUICK,
                             stdin="\n".join(self.targets))
            seen += [line["endpoint"]["address"] for line in self.lines(done.stdout)]
        self.assertEqual(sorted(seen), sorted(self.names))

    def test_targets_of_the_command_line_have_parts_and_go_on_too(self):
        state, first = self.path("state"), self.targets[:4]
        words = [*first, "--format", "ndjson", "--resume", state, "--shard", "1/2", *QUICK]
        found = self.lines(self.scan(*words).stdout)
        self.assertEqual(sorted(line["endpoint"]["target"] for line in found), [first[0], first[2]])
        self.assertEqual(self.scan(*words).stdout, "")

    def test_a_scan_that_was_killed_goes_on_and_does_nothing_twice(self):
        listed = self.path("list", "\n".join(self.targets) + "\n")
        out, state = self.path("out.ndjson"), self.path("state")
        words = [PROGRAM, "scan", "--data", str(SOURCE / "data"), "--targets", listed, "--format",
                 "ndjson", "-o", out, "--resume", state, "--at-once", "2", *QUICK]
        first = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        limit = time.monotonic() + 120
        while time.monotonic() < limit and first.poll() is None:
            done = pathlib.Path(state).read_text() if os.path.exists(state) else ""
            if done.count("\n") > 3:
                break
            time.sleep(0.01)
        first.send_signal(signal.SIGKILL)
        first.wait()
        self.assertEqual(first.returncode, -signal.SIGKILL, "it ended before it was killed")
        with open(out, "a") as torn:  # as if it had died while it wrote
            torn.write('{"schema": "tlspolicy.scan-li')
        with open(state, "a") as torn:
            torn.write("12")
        subprocess.run(words, check=True, timeout=240, stderr=subprocess.DEVNULL)
        found = self.lines(pathlib.Path(out).read_text())
        self.assertEqual(sorted(line["endpoint"]["address"] for line in found), sorted(self.names))
        self.assertEqual(subprocess.run(words, timeout=60, stderr=subprocess.DEVNULL).returncode, 0)
        self.assertEqual(len(self.lines(pathlib.Path(out).read_text())), len(self.names))

    def test_what_is_left_out_is_said_once_and_another_output_is_not_torn(self):
        listed = self.path("odd", f"no host!\n{self.targets[0]}\n127.010.0.1\n")
        out, state = self.path("odd.ndjson"), self.path("odd.state")
        words = ["--targets", listed, "--format", "ndjson", "-o", out, "--resume", state, *QUICK]
        for _ in range(3):
            self.scan(*words)
            self.assertEqual(len(self.lines(pathlib.Path(out).read_text())), 3)
        other = self.scan(*words[:3], "csv", "-o", self.path("odd.csv"), "--resume", state, *QUICK)
        self.assertEqual(other.returncode, 2, other.stderr)
        self.assertFalse(os.path.exists(self.path("odd.csv")))
        os.truncate(out, 10)
        self.assertEqual(self.scan(*words).returncode, 3)
        self.assertEqual(os.path.getsize(out), 10)

    def test_a_scan_that_goes_on_ends_as_the_whole_list_does(self):
        listed = self.path("ci", f"{self.targets[0]}\n{self.targets[1]}\n")
        words = ["--targets", listed, "--format", "ndjson", "-o", self.path("ci.ndjson"), "--resume",
                 self.path("ci.state"), *QUICK]
        with_policy = [*words, "--policy", "20261101"]
        self.assertEqual(self.scan(*with_policy).returncode, 1)
        again = self.scan(*with_policy)
        self.assertEqual(again.returncode, 1, "what failed is not asked again")
        self.assertIn("2 done before", again.stderr)
        for other in (words, [*words, "--policy", "20290101"], [*with_policy, "--part", "mandatory"],
                      [*with_policy, "--connect-to", "127.7.0.3"]):
            refused = self.scan(*other)
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertIn("--policy 20261101", refused.stderr)
        silent = ["--format", "csv", "--resume", self.path("3.state"), "127.9.9.9:1", *QUICK]
        self.assertEqual([self.scan(*silent).returncode for _ in range(2)], [3, 3])

    def test_the_rate_is_kept(self):
        before, start = self.tls.accepted, time.monotonic()
        self.scan("--targets", "-", "--format", "ndjson", "--rate", "40", *QUICK,
                  stdin="\n".join(self.targets[:4]))
        took, made = time.monotonic() - start, self.tls.accepted - before
        self.assertGreater(made, 20)
        self.assertLessEqual(made, 40 * took + 4)

    def test_exit_status_for_ci(self):
        for policy, status in (("20290101", 1), ("20261101", 1)):  # P-521 and more: outside of both
            done = self.scan(self.targets[0], "--policy", policy, *QUICK)
            self.assertEqual(done.returncode, status, done.stdout)
            self.assertIn("group-outside", done.stdout)
        self.assertEqual(self.scan("127.9.9.9:1", "--policy", "20261101").returncode, 3)
        self.assertEqual(self.scan(self.targets[0], *QUICK).returncode, 0)
        for words in ([], ["--targets", "/nowhere"], [self.targets[0], "--policy", "20010101"],
                      [self.targets[0], "--format", "docx"], ["-", "--shard", "3/2"],
                      [self.targets[0], "--policy", "20261101", "--part", "half"],
                      ["--targets", "-", "--resume", self.path("s"), "--format", "html"]):
            self.assertIn(self.scan(*words).returncode, (2, 3), words)

    def test_every_form_goes_into_a_file(self):
        for form, mark in (("text", "TLSv1.3"), ("json", '"tlspolicy.scan/1"'), ("ndjson", "scan-line"),
                           ("csv", "target,address"), ("sarif", '"2.1.0"'), ("junit", "<testsuites"),
                           ("html", "<!DOCTYPE html>")):
            out = self.path(f"report.{form}")
            done = self.scan(self.targets[0], "--policy", "20261101", "--format", form, "-o", out, *QUICK)
            self.assertEqual(done.stdout, "", form)
            text = pathlib.Path(out).read_text()
            self.assertIn(mark, text, form)
            if form in ("csv", "ndjson", "sarif", "junit", "html"):
                check = subprocess.run(["/usr/bin/python3", "-W", "ignore",
                                        SOURCE / "tests/report/forms.py", form, out],
                                       capture_output=True, text=True)
                self.assertEqual(check.stdout + check.stderr, "", form)

    def test_on_a_terminal_nothing_is_left_before_the_report(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        scan = subprocess.Popen([PROGRAM, "scan", "127.9.9.9:1", "--data", str(SOURCE / "data")],
                                stdin=theirs, stdout=theirs, stderr=theirs, env={"NO_COLOR": "1"})
        os.close(theirs)
        seen = b""
        try:
            while piece := os.read(ours, 4096):
                seen += piece
        except OSError:  # the other side is closed
            pass
        scan.wait()
        self.assertIn(b"scanning\r\x1b[K127.9.9.9:1", seen)
        self.assertFalse(seen.endswith(b"\x1b[K"), "cleared once is enough")

    def test_who_breaks_it_off_is_told_what_is_not_finished(self):
        silent = self.start(scan_servers.Silent)
        for words, said in ((["--format", "json", "-o", self.path("torn.json")], "torn.json is not finished"),
                            (["--format", "csv", "--resume", self.path("torn.state")], "the same command"),
                            (["--format", "csv", "-o", self.path("torn.csv")], "--resume STATE")):
            before = silent.accepted
            scan = subprocess.Popen([PROGRAM, "scan", f"127.0.0.1:{silent.port}", "--timeout", "30", *words,
                                     "--data", str(SOURCE / "data")], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.PIPE, text=True)
            limit = time.monotonic() + 60
            while silent.accepted == before and time.monotonic() < limit:
                time.sleep(0.01)
            scan.send_signal(signal.SIGINT)
            _, err = scan.communicate(timeout=60)
            self.assertIn(said, err)
            self.assertEqual(scan.returncode, -signal.SIGINT)

    def test_csv_of_a_list(self):
        done = self.scan("--targets", "-", "--format", "csv", *QUICK, stdin="\n".join(self.targets[:3]))
        rows = list(csv.DictReader(done.stdout.splitlines()))
        self.assertEqual(sorted(row["address"] for row in rows), self.names[:3])
        self.assertEqual({row["protocols"] for row in rows}, {"TLSv1.3"})

    @unittest.skipUnless(os.geteuid() == 0, "not root")
    def test_as_root_it_gives_its_rights_up(self):
        silent = self.start(scan_servers.Silent)
        scan = subprocess.Popen([PROGRAM, "scan", f"127.0.0.1:{silent.port}", "--timeout", "30",
                                 "--data", str(SOURCE / "data")], stdout=subprocess.DEVNULL)
        try:
            limit = time.monotonic() + 60
            while silent.accepted == 0 and time.monotonic() < limit:
                time.sleep(0.01)
            status = dict(line.split(":\t", 1) for line in
                          pathlib.Path(f"/proc/{scan.pid}/status").read_text().splitlines()
                          if ":\t" in line)
            self.assertNotIn("0", status["Uid"].split())
            self.assertNotIn("0", status["Gid"].split())
            self.assertEqual(int(status["CapEff"], 16), 0)
            self.assertEqual(int(status["CapPrm"], 16), 0)
            self.assertEqual(status["NoNewPrivs"].strip(), "1")
            self.assertEqual(status["Seccomp"].strip(), "2")
        finally:
            scan.kill()
            scan.wait()


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)

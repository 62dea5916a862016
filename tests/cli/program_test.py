#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The program as a user runs it, on a root folder of its own: options, help, streams, exit status,
JSON against its schemas, and that a terminal's extras stay out of pipes.

usage: program_test.py PROGRAM SOURCE-TREE
"""
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest

import jsonschema

PROGRAM, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tlspolicy-cli-")
        self.root = pathlib.Path(self.folder.name) / "root"
        self.root.mkdir()
        self.addCleanup(self.folder.cleanup)

    def install_apache(self):
        """As much of a Debian host's Apache as an offline root needs."""
        for path, text in {
                "usr/sbin/apache2": "", "usr/sbin/apache2ctl": "",
                "etc/apache2/apache2.conf": "IncludeOptional conf-enabled/*.conf\n",
                "etc/apache2/conf-enabled/security.conf": "ServerTokens OS\n"}.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def run_it(self, *words, data=True, root=True, **more):
        command = [PROGRAM, *words]
        command += ["--data", str(SOURCE / "data")] if data else []
        command += ["--root", str(self.root)] if root else []
        return subprocess.run(command, capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, **more)

    def json_of(self, *words):
        done = self.run_it(*words, "--json")
        document = json.loads(done.stdout)
        verb = document["schema"].removeprefix("tlspolicy.").removesuffix("/1")
        schema = json.loads((SOURCE / f"docs/schemas/{verb}.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(document)
        return done, document

    def test_help_names_every_verb_and_fits_on_80_columns(self):
        done = self.run_it("--help", data=False, root=False)
        self.assertEqual(done.returncode, 0)
        for verb in ("list show status plan set undo history recover check explain").split():
            self.assertRegex(done.stdout, rf"(?m)^  {verb} ")
            more = self.run_it(verb, "--help", data=False, root=False)
            self.assertEqual(more.returncode, 0)
            for line in (done.stdout + more.stdout).splitlines():
                self.assertLessEqual(len(line), 80, f"{verb}: {line}")
        self.assertIn("EXAMPLES", done.stdout)

    def test_version(self):
        self.assertRegex(self.run_it("--version", data=False, root=False).stdout,
                         r"^tlspolicy \d+\.\d+\.\d+\n$")

    def test_wrong_usage_is_status_2_and_leaves_stdout_alone(self):
        for words in ([], ["nonsense"], ["plan"], ["set"], ["explain"], ["list", "--nonsense"],
                      ["undo", "minus-one"], ["plan", "20010101"]):
            done = self.run_it(*words, data=bool(words), root=bool(words))
            self.assertEqual(done.returncode, 2, words)
            self.assertEqual(done.stdout, "", words)
            self.assertNotEqual(done.stderr, "", words)

    def test_wrong_usage_is_json_for_whoever_asked_for_it(self):
        for words in (["undo", "0", "--json"], ["set", "--json"], ["nonsense", "--json"]):
            done = self.run_it(*words, data=False, root=False)
            self.assertEqual(done.returncode, 2, words)
            self.assertEqual(json.loads(done.stdout)["errors"][0]["id"], "usage", words)

    def test_output_that_is_lost_is_told(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "list", "--data", str(SOURCE / "data")], stdout=full,
                                  stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, 3)
        self.assertIn("could not be written", done.stderr)

    def test_finds_the_source_trees_data_by_itself(self):
        done = self.run_it("list", data=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("20261101", done.stdout)

    def test_without_its_data_it_is_an_internal_error(self):
        done = self.run_it("list", "--data", str(self.root), data=False)
        self.assertEqual(done.returncode, 5)
        self.assertIn("--data", done.stderr)

    def test_every_json_root_fits_its_schema(self):
        self.install_apache()
        for words in (["list"], ["show", "20261101"], ["show", "20261101", "--service", "httpd",
                      "--assume", "version=2.4.62,openssl=3.5.0"], ["status"],
                      ["plan", "20261101"], ["history"], ["recover"], ["undo"], ["check"],
                      ["explain", "busy"], ["explain", "nonsense"], ["set", "20261101"],
                      ["status"], ["plan", "upstream"], ["undo"], ["history"]):
            self.json_of(*words)

    def test_set_and_undo_under_another_root(self):
        self.install_apache()
        start = self.tree()
        done = self.run_it("set", "20261101")
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        dropin = self.root / "etc/apache2/conf-enabled/zz-tlspolicy.conf"
        self.assertIn("SSLProtocol", dropin.read_text())
        again = self.run_it("set", "20261101")
        self.assertEqual(again.returncode, 0)
        self.assertIn("nothing to do", again.stdout)
        self.assertEqual(self.run_it("plan", "20261101", "--exit-code").returncode, 0)
        self.assertEqual(self.run_it("plan", "upstream", "--exit-code").returncode, 1)
        dropin.write_text(dropin.read_text() + "# edited\n")
        drift = self.run_it("status")
        self.assertEqual(drift.returncode, 1, drift.stdout)
        self.assertIn(str(dropin)[len(str(self.root)):], drift.stdout)
        dropin.write_text(dropin.read_text().replace("# edited\n", ""))
        done = self.run_it("undo")
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertEqual(self.tree(), start)

    def test_under_another_root_what_is_weak_has_to_be_said_too(self):
        self.install_apache()
        (self.root / "etc/apache2/apache2.conf").write_text(
            "IncludeOptional conf-enabled/*.conf\nListen 443\n<VirtualHost *:443>\n"
            "SSLEngine on\nSSLCertificateFile /etc/ssl/x.pem\n</VirtualHost>\n")
        start = self.tree()
        refused = self.run_it("set", "20180330")
        self.assertEqual(refused.returncode, 3, refused.stdout)
        self.assertIn("gains TLSv1.0", refused.stderr)
        self.assertEqual(self.tree(), start)
        self.assertEqual(self.run_it("set", "20180330", "--weaker").returncode, 0)

    def test_common_options_may_stand_before_the_verb(self):
        self.install_apache()
        done = self.run_it("--root", str(self.root), "--data", str(SOURCE / "data"), "status",
                           data=False, root=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("httpd", done.stdout)

    def test_the_way_back_needs_no_policies(self):
        self.install_apache()
        start = self.tree()
        self.assertEqual(self.run_it("set", "20261101").returncode, 0)
        no_data = ("--data", str(self.root))
        for verb in ("recover", "history", "undo"):
            done = self.run_it(verb, *no_data, data=False)
            self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertEqual(self.tree(), start)

    def tree(self):
        return {str(p.relative_to(self.root)): (p.read_bytes() if p.is_file() else None)
                for p in sorted((self.root / "etc").rglob("*"))}

    def test_colour_and_progress_only_on_a_terminal(self):
        piped = self.run_it("list")
        self.assertNotIn("\x1b", piped.stdout + piped.stderr)
        environment = {**os.environ, "TERM": "xterm"}
        environment.pop("NO_COLOR", None)
        self.assertIn("\x1b[", self.on_a_terminal(environment))
        self.assertNotIn("\x1b[", self.on_a_terminal({**environment, "NO_COLOR": "1"}))

    def on_a_terminal(self, environment):
        ours, theirs = pty.openpty()
        done = subprocess.run([PROGRAM, "list", "--data", str(SOURCE / "data"), "--root",
                               str(self.root)], stdout=theirs, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, env=environment, timeout=60, check=False)
        os.close(theirs)
        said = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:
                break
            if not more:
                break
            said += more
        os.close(ours)
        self.assertEqual(done.returncode, 0)
        return said.decode()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

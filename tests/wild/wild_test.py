#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Files as administrators write them survive the program: plan, set, another date, undo, byte for byte;
and what plan shows is all that changes.  Offline, on copies; tests/lab/test_wild.py has the daemons.

usage: wild_test.py PROGRAM SOURCE-TREE
With TLSPOLICY_ACCEPT=1 the list of touched lines (touched.txt) is written anew.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import wild  # noqa: E402

PROGRAM, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
FIRST, SECOND = "20180330", "20261101"


def tlspolicy(root, *words):
    return subprocess.run([PROGRAM, *words, "--root", root, "--data", SOURCE / "data"], text=True,
                          errors="surrogateescape", capture_output=True, timeout=120,
                          stdin=subprocess.DEVNULL)


def change(root, *words):
    """None, or what a run that should have worked said."""
    seen = tlspolicy(root, *words)
    return None if seen.returncode == 0 else f"{words}: {seen.returncode}\n{seen.stdout}{seen.stderr}"


def content(files, path):
    return files[path][1] if path in files else b""


def changed_lines(before, after):
    """{path: lines touched} of two trees; files of ours that came to it have None.  Folders that were
    made for them do not count."""
    out = {}
    for path in after:
        if path.startswith("etc/tlspolicy") or after[path][1] is None:
            continue
        if path not in before:
            out[path] = None
        elif before[path] != after[path]:
            assert before[path][0] == after[path][0], f"{path}: mode"
            out[path] = wild.touched(before[path][1], after[path][1])
    return out


def wrong_in_plan(shown, start, after, lines):
    """What the diffs of a plan say too much, or too little."""
    if set(shown) != set(lines):
        yield f"plan names {sorted(shown)}, changed were {sorted(lines)}"
        return
    for path, seen in lines.items():
        before, wanted = content(start, path).decode(), content(after, path).decode()
        text, removed = wild.applied(shown[path], before)
        if text != wanted:
            yield f"{path}: the diff does not lead to what was written"
        if removed > len(seen or []) + (not before.endswith("\n")):
            yield f"{path}: the diff takes {removed} lines out, touched were {seen}"


def shown_by_plan(root):
    services = json.loads(tlspolicy(root, "plan", SECOND, "--json").stdout)["services"]
    return {one["path"].lstrip("/"): one["diff"] for service in services for one in service["files"]}


def there_and_back(root, start):
    """set, and undo; what was wrong, and how it was in between."""
    wrong = [change(root, "set", SECOND, "--weaker")]
    after = wild.tree(root)
    wrong.append(change(root, "undo", "--weaker"))
    if wild.tree(root) != start:
        wrong.append("undo did not bring back what was there")
    return [one for one in wrong if one], after


def planted(files):
    root = tempfile.TemporaryDirectory(prefix="tlspolicy-wild-")
    for service, name in files:
        wild.plant(root.name, service, name)
    return root


def short_journey(files):
    with planted(files) as root:
        start = wild.tree(root)
        wrong, after = there_and_back(root, start)
        try:
            changed_lines(start, after)
        except AssertionError as error:
            wrong.append(str(error))
        return wrong


def long_journey(files):
    """Plan too, and over another date; ([what was wrong], {path: touched lines})."""
    with planted(files) as root:
        start, shown = wild.tree(root), shown_by_plan(root)
        wrong = [] if wild.tree(root) == start else ["plan changed something"]
        said, after = there_and_back(root, start)
        try:
            lines = changed_lines(start, after)
            wrong += said + list(wrong_in_plan(shown, start, after, lines))
        except AssertionError as error:
            return said + [str(error)], {}
        wrong += other_ways(root, start, after)
        return [one for one in wrong if one], lines


def other_ways(root, start, after):
    """Over another date the same, and back over upstream."""
    files = lambda tree: {p: v for p, v in tree.items()  # noqa: E731
                          if v[1] is not None and not p.startswith("etc/tlspolicy")}
    yield change(root, "set", FIRST, "--weaker")
    middle = wild.tree(root)
    yield change(root, "set", SECOND, "--weaker")
    if files(wild.tree(root)) != files(after):
        yield "coming from another date is not the same as coming from nothing"
    again = tlspolicy(root, "plan", SECOND, "--exit-code")
    if again.returncode != 0:
        yield f"a second plan is not empty\n{again.stdout}{again.stderr}"
    yield change(root, "undo", "--weaker")
    if wild.tree(root) != middle:
        yield "undo did not bring back the first date"
    yield change(root, "set", "upstream", "--weaker")
    if files(wild.tree(root)) != files(start):
        yield "upstream is not what was there"


def all_of(journey, sets):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        return list(zip(sets, pool.map(journey, sets)))


class Wild(unittest.TestCase):
    maxDiff = None

    def test_there_are_enough_of_them(self):
        self.assertGreaterEqual(sum(map(len, wild.own())), 20)

    def test_each_comes_back_byte_for_byte_and_plan_shows_all_that_changes(self):
        said = []
        for files, (wrong, lines) in all_of(long_journey, wild.own()):
            with self.subTest(files=files):
                self.assertEqual(wrong, [])
            said += wild.written(files, lines)
        self.assertEqual(*wild.golden(said, "touched.txt"))

    def test_the_odd_ones_of_the_syntaxes_come_back_as_well(self):
        for files, wrong in all_of(short_journey, wild.odd()):
            with self.subTest(files=files):
                self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

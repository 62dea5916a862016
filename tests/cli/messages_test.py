#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every id of an error or finding in src/ has an entry for `tlspolicy explain`, and none is stale.

usage: messages_test.py SOURCE-TREE
       messages_test.py --self-test
"""
import pathlib
import re
import sys
import tomllib

ID = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
# The ways in which the sources make an id, on text whose runs of blanks are one blank.
PATTERNS = [
    rf'\b(?:fail|failed|say|not_proven)\( ?\{{? ?"({ID})"',
    rf'\b(?:Error(?: \w+)?|return|wrong\(|note\(|push_back\(|missing =|warnings,|refusals,) ?\{{ ?"({ID})", ?[^}}"]*["}}]?',
    rf'\bError error ?\{{[^"{{}}]*"({ID})"',
    rf'\bRow k\w+ ?\{{ ?Dimension::\w+, "({ID})"',
    rf'\bdemand\([^;]*?"({ID})"',
    rf'\? "({ID})" : ?"(?:{ID})"',
    rf'\? "(?:{ID})" : ?"({ID})"',
    rf'_id\([^)]*\) \{{ [^}}]*?return "({ID})";',
]
# Here also words without a hyphen are ids.
CERTAIN = [
    rf'\bfail\( ?"({ID})"',
    rf'\bCause ?\{{ ?E[A-Z]+, "({ID})"',
    rf'\.(?:complies|fails|not_proven)\( ?[\w:.]+, "({ID})"',
]
# What looks like one and is none: fates in JSON, words of people's lists.
NO_IDS = {"rolled-back", "kept", "unchanged", "stuck"}
WORDS_OF_ONE = {"exemption", "silent", "reset", "closed", "unreachable", "nonsense", "weaker",
                "atomic"}


def ids_in(text):
    text = re.sub(r"//[^\n]*", "", text)
    text = re.sub(r"\s+", " ", text)
    found = {match for pattern in PATTERNS for match in re.findall(pattern, text)}
    certain = {match for pattern in CERTAIN for match in re.findall(pattern, text)}
    return certain | {i for i in found if ("-" in i or i in WORDS_OF_ONE) and i not in NO_IDS}


def check(root):
    sources = [p for p in sorted((root / "src").rglob("*.cpp"))
               if p.parent.name != "preflight"] + sorted((root / "src").rglob("*.hpp"))
    texts = {p: p.read_text() for p in sources}
    used = {}
    for path, text in texts.items():
        for one in ids_in(text):
            used.setdefault(one, path.relative_to(root))
    rows = [row for path in sorted((root / "data/messages").glob("*.toml"))
            for row in tomllib.loads(path.read_text())["message"]]
    known = {row["id"] for row in rows}
    wrong = [f"{path}: the id \"{one}\" has no entry in data/messages"
             for one, path in sorted(used.items()) if one not in known]
    everything = "\n".join(texts.values())
    # A dimension's own name makes the ids of proven refusals: "tls13-suites-refused".
    stale = {one for one in known if f'"{one}"' not in everything and not one.endswith("-refused")}
    wrong += [f"data/messages: no source uses the id \"{one}\"" for one in sorted(stale)]
    wrong += [f"data/messages: {row['id']}: the title is long or ends with a full stop"
              for row in rows if len(row["title"]) > 72 or row["title"].endswith(".")]
    ids = sorted(row["id"] for row in rows)
    wrong += [f"data/messages: {one} stands there twice" for one, next_ in zip(ids, ids[1:]) if one == next_]
    if len(used) < 50:
        wrong.append(f"only {len(used)} ids were found in the sources: the patterns miss them")
    return wrong


def self_test():
    seen = ids_in('''
        return fail("one-two", "x"); // fail("in-a-comment", …)
        return Error{"three-four", "x"};  out.push_back({"five-six", text});
        table.wrong({"seven-eight", fmt::format("y")});
        out.fails(Dimension::sizes, "nine-ten", "z");
        add(step, restart ? "a-b" : "c-d");  run({"dpkg-query", "--show"});''')
    expected = {"one-two", "three-four", "five-six", "seven-eight", "nine-ten", "a-b", "c-d"}
    assert seen == expected, seen ^ expected


def main():
    if sys.argv[1] == "--self-test":
        self_test()
        return 0
    wrong = check(pathlib.Path(sys.argv[1]))
    print("\n".join(wrong) or "every id is explained", file=sys.stderr if wrong else sys.stdout)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

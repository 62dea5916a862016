#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a report as its readers do, and says what is wrong with it.

usage: forms.py FORM FILE      (csv, ndjson, sarif, junit, html)

With the official schema's file in $SARIF_SCHEMA, SARIF is held against that too.
"""
import csv
import html.parser
import json
import os
import pathlib
import re
import sys
import xml.etree.ElementTree

import jsonschema

HERE = pathlib.Path(__file__).parent
SCHEMAS = HERE.parent.parent / "docs/schemas"
HIDDEN = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def check_csv(text):
    rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            yield f"row {number} has {len(row)} cells, the head {len(rows[0])}"
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@"):
                yield f"row {number}: a formula: {cell[:20]!r}"
            if HIDDEN.search(cell):
                yield f"row {number}: {cell!r}"
    if not text.endswith("\r\n") or "\n" in text.replace("\r\n", ""):
        yield "lines do not end with CR LF (RFC 4180 2)"


def resolver():
    schema = json.loads((SCHEMAS / "scan-line.json").read_text())
    store = {f"{SCHEMAS.as_uri()}/{p.name}": json.loads(p.read_text())
             for p in SCHEMAS.glob("scan*.json")}
    found = jsonschema.RefResolver(f"{SCHEMAS.as_uri()}/scan-line.json", schema, store)
    return jsonschema.Draft202012Validator(schema, resolver=found)


def check_ndjson(text):
    validator = resolver()
    for number, line in enumerate(text.split("\n")[:-1], 1):
        for error in validator.iter_errors(json.loads(line)):
            yield f"line {number}: {error.json_path}: {error.message[:200]}"
    if not text.endswith("\n"):
        yield "the last line has no end"


def check_sarif(text):
    document = json.loads(text)
    schema = json.loads((HERE / "sarif-2.1.0-part.json").read_text())
    for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
        yield f"{error.json_path}: {error.message[:200]}"
    if official := os.environ.get("SARIF_SCHEMA"):
        full = json.loads(pathlib.Path(official).read_text())
        for error in jsonschema.validators.validator_for(full)(full).iter_errors(document):
            yield f"official schema: {error.json_path}: {error.message[:200]}"
    for run in document["runs"]:
        rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
        for result in run["results"]:
            if result["ruleId"] not in rules:
                yield f"no rule {result['ruleId']}"
            if HIDDEN.search(result["message"]["text"]):
                yield f"{result['message']['text']!r}"


def check_junit(text):
    root = xml.etree.ElementTree.fromstring(text)
    if root.tag != "testsuites":
        yield f"the root is {root.tag}"
    for part in [root, *root.findall("testsuite")]:
        cases = list(part.iter("testcase"))
        for sum_of, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            found = sum(1 for case in cases if case.find(tag) is not None)
            if int(part.get(sum_of)) != found:
                yield f"{part.get('name')}: {sum_of} is {part.get(sum_of)}, there are {found}"
        if int(part.get("tests")) != len(cases):
            yield f"{part.get('name')}: tests is {part.get('tests')}, there are {len(cases)}"
    for case in root.iter("testcase"):
        if not case.get("name") or not case.get("classname"):
            yield "a case without its names"
        if {child.tag for child in case} - {"failure", "error", "skipped"}:
            yield f"{[child.tag for child in case]} in a case"


class Page(html.parser.HTMLParser):
    TAGS = set("html head meta title style body h1 h2 h3 p section div span table thead tbody tr th "
               "td ul li code a br".split())
    EMPTY = {"meta", "br"}

    def __init__(self):
        super().__init__()
        self.wrong, self.open, self.style = [], [], ""

    def handle_starttag(self, tag, attrs):
        if tag not in self.TAGS:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "style") or \
                    (name == "href" and not (value or "").startswith("#")):
                self.wrong.append(f"<{tag} {name}={value!r}>")
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data
        if HIDDEN.search(data):
            self.wrong.append(repr(data))


def check_html(text):
    page = Page()
    page.feed(text)
    page.close()
    yield from page.wrong
    yield from (f"<{tag}> is never closed" for tag in page.open)
    for word in ("@import", "url(", "http:", "https:", "//"):
        if word in page.style:
            yield f"the style has {word}"
    if "default-src 'none'" not in text:
        yield "no policy against loading"


def main():
    form, file = sys.argv[1:3]
    text = pathlib.Path(file).read_bytes().decode("utf-8")
    wrong = list(globals()[f"check_{form}"](text))
    print("\n".join(wrong[:10]), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

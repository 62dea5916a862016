#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds JSON documents against the JSON Schema that their own "schema" member names.

usage: validate.py FOLDER-OF-SCHEMAS [FILE]      (no FILE: stdin)
"""
import json
import pathlib
import sys

import jsonschema


def main():
    folder = pathlib.Path(sys.argv[1])
    text = pathlib.Path(sys.argv[2]).read_text() if len(sys.argv) > 2 else sys.stdin.read()
    document = json.loads(text)
    verb = document["schema"].removeprefix("tlspolicy.").removesuffix("/1")
    schema = json.loads((folder / f"{verb}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = sorted(jsonschema.Draft202012Validator(schema).iter_errors(document), key=str)
    for error in errors:
        print(f"{verb}: {error.json_path}: {error.message}", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())

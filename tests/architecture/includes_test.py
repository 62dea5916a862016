#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds every #include below src/ against the architecture's rules: a module includes only what its
line in CMakeLists.txt links (the build writes those lines to links.txt), one file alone owns each
slow or dangerous library, and only the modules at the edge talk to the kernel.

    includes_test.py LINKS [SRC]     prints each violation as file:line: reason; status 1 if any
    includes_test.py --self-test     plants one violation of each rule and expects exactly those
"""

import re
import sys
import tempfile
from pathlib import Path

INCLUDE = re.compile(r'\s*#\s*include\s*(?:"(?P<own>[^"]+)"|<(?P<other>[^>]+)>)')

# These stay free of effects whatever the link lists may come to say one day.
PURE = {"config", "crypto", "dialect", "plan", "policy", "service", "wire"}
EDGE = {"host", "probe", "preflight"}

# Libraries with one owner: pattern of the header, who may include it, why.
OWNERS = [
    (r"CLI/.*", {"cli/main.cpp"}, "CLI11 costs seconds in every file that includes it"),
    (r"toml\+\+/.*", {"base/toml.cpp"}, "files are read strictly, through base/toml.hpp"),
]

# What reaches the kernel or the file system.  <sys/types.h> only names types, <fnmatch.h> computes.
SYSTEM = re.compile(
    r"(sys/(?!types\.h).*|net/.*|netinet/.*|arpa/.*|linux/.*|asm/.*|unistd\.h|fcntl\.h|poll\.h"
    r"|netdb\.h|dirent\.h|dlfcn\.h|ftw\.h|glob\.h|grp\.h|ifaddrs\.h|pthread\.h|pwd\.h|sched\.h"
    r"|signal\.h|csignal|spawn\.h|syslog\.h|termios\.h|utime\.h|filesystem|fstream)"
)

# Files elsewhere that may ask the kernel one thing.
ALLOWED = {
    "cli/terminal.cpp": {"sys/ioctl.h", "unistd.h"},  # is this a terminal, and how wide is it
}


def read_links(text):
    """{module: set of modules that it may include}; "name: one two" on each line."""
    rows = (line.split(":", 1) for line in text.splitlines() if line.strip())
    return {name.strip(): set(uses.split()) for name, uses in rows}


def own_include_wrong(module, target, links):
    used = target.split("/", 1)[0]
    if "/" not in target:
        return f'"{target}" does not name its module: write "module/{target}"'
    if used == module:
        return None
    if module in PURE and used in EDGE:
        return f'{module} is pure and includes "{target}"'
    if used not in links.get(module, set()):
        return f'{module} may not include "{target}": {used} is not in its line of CMakeLists.txt'
    return None


def other_include_wrong(module, file, header):
    for pattern, owners, why in OWNERS:
        if re.fullmatch(pattern, header) and file not in owners:
            return f"<{header}> belongs to {', '.join(sorted(owners))} alone: {why}"
    if module not in EDGE and SYSTEM.fullmatch(header) and header not in ALLOWED.get(file, ()):
        return f"<{header}> is for {', '.join(sorted(EDGE))}: go through host/host.hpp"
    return None


def violations(src, links):
    for path in sorted([*src.rglob("*.cpp"), *src.rglob("*.hpp"), *src.rglob("*.inc")]):
        file = path.relative_to(src).as_posix()
        module = file.split("/", 1)[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if found := INCLUDE.match(line):
                own, other = found["own"], found["other"]
                wrong = (
                    own_include_wrong(module, own, links)
                    if own
                    else other_include_wrong(module, file, other)
                )
                if wrong:
                    yield f"{file}:{number}: {wrong}"


def cycle(links):
    """A module that reaches itself by the link lists, or None."""
    for start in sorted(links):
        reached, todo = set(), list(links[start])
        while todo:
            if (name := todo.pop()) not in reached:
                reached.add(name)
                todo += links.get(name, ())
        if start in reached:
            return start
    return None


def self_test():
    links = read_links("base:\nhost: base\nconfig: base\nplan: config host base\ncli: plan\n")
    files = {
        "base/toml.cpp": "#include <toml++/toml.h>\n#include <sys/types.h>\n",
        "base/bad.cpp": '#include "config/syntax.hpp"\n',  # upwards
        "cli/main.cpp": "#include <CLI/CLI.hpp>\n",
        "cli/verbs.cpp": '#include "plan/plan.hpp"\n  #  include <CLI/CLI.hpp>\n',  # not the owner
        "cli/terminal.cpp": "#include <unistd.h>\n#include <sys/socket.h>\n",  # one allowed
        "config/bad.cpp": '#include "syntax.hpp"\n#include "base/text.hpp"\n',  # no module named
        "config/toml.hpp": "#include <toml++/toml.hpp>\n",  # not the owner
        "host/good.cpp": '#include <unistd.h>\n#include "base/text.hpp"\n',
        "plan/bad.cpp": '#include "host/host.hpp"\n',  # pure, although the list would let it
        "plan/worse.cpp": "#include <vector>\n#include <sys/socket.h>\n",  # a system call
        "stray/new.cpp": '#include "base/text.hpp"\n',  # a folder without a line
    }
    expected = {
        "base/bad.cpp:1",
        "cli/terminal.cpp:2",
        "cli/verbs.cpp:2",
        "config/bad.cpp:1",
        "config/toml.hpp:1",
        "plan/bad.cpp:1",
        "plan/worse.cpp:2",
        "stray/new.cpp:1",
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        found = {":".join(line.split(":")[:2]) for line in violations(Path(folder), links)}
    wrong = [f"missed: {place}" for place in sorted(expected - found)]
    wrong += [f"not a violation: {place}" for place in sorted(found - expected)]
    if cycle({"a": {"b"}, "b": {"a"}}) is None or cycle(links) is not None:
        wrong.append("a cycle of modules is not seen, or seen where there is none")
    return wrong


def main(words):
    if words == ["--self-test"]:
        wrong = self_test()
    elif len(words) in (1, 2):
        links = read_links(Path(words[0]).read_text())
        src = Path(words[1]) if len(words) == 2 else Path(__file__).parents[2] / "src"
        wrong = list(violations(src, links))
        if start := cycle(links):
            wrong.append(f"CMakeLists.txt: {start} links itself in a circle")
        if not links or not any(src.rglob("*.cpp")):
            wrong.append(f"nothing to check in {words[0]} and {src}")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

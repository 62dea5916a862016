"""An administrator's files from the wild: folders beside this file, SERVICE/NAME/…, and three of 2,000
lines that are made here.  For the tests that take them through set and undo.
SPDX-License-Identifier: Apache-2.0
"""

import itertools
import os
import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
ETC = {"postfix": "etc/postfix", "dovecot": "etc/dovecot", "apache": "etc/apache2"}
PRESENT = {  # what a manifest's layout looks for
    "postfix": ["usr/lib/postfix/libpostfix-tls.so"],
    "dovecot": ["usr/lib/dovecot/modules/libssl_iostream_openssl.so"],
    "apache": ["usr/sbin/apache2", "usr/sbin/apache2ctl", "etc/apache2/conf-enabled/.keep"],
}
ODD = {  # tests/config/files/FOLDER/*.conf: (service, the place that such a file gets)
    "maincf": ("postfix", "main.cf"),
    "mastercf": ("postfix", "master.cf"),
    "dovecot": ("dovecot", "dovecot.conf"),
    "apache": ("apache", "sites-enabled/odd.conf"),
}
SET_ASIDE = b"#tlspolicy set aside# "
IN_PLACE = b"tlspolicy_set_aside_"


def long_files():
    """{(service, name): {path: bytes}}: 2,000 lines and more, what counts in their midst."""
    def among(lines, filler):
        made = [filler.format(n).encode() for n in range(2000)]
        return b"".join(made[:1000] + lines + made[1000:])

    main = [b"smtpd_tls_mandatory_protocols = !SSLv2,\n", b"# and\n", b"\t!SSLv3\n"]
    block = [b"ssl_min_protocol = TLSv1\n", b"protocol imap {\n", b"  ssl_cipher_list = ALL\n", b"}\n"]
    shop = HERE / "apache/shop"
    site = [(shop / "sites-enabled/shop.conf").read_bytes()]
    return {
        ("postfix", "2000-lines"): {"main.cf": among(main, "# note {0}\r\nkey_{0} =\n\n")},
        ("dovecot", "2000-lines"): {"dovecot.conf": among(block, "# Hinweis für {}\n\n")},
        ("apache", "2000-lines"): {"sites-enabled/long.conf": among(site, "Alias /{} /srv\n"),
                                   "apache2.conf": (shop / "apache2.conf").read_bytes()},
    }


def own():
    """Sets of (service, name), one of each service at most: a host each."""
    columns = [sorted({path.name for path in (HERE / service).iterdir()} |
                      {name for made, name in long_files() if made == service}) for service in ETC]
    return [[(service, name) for service, name in zip(ETC, names) if name]
            for names in itertools.zip_longest(*columns)]


def odd():
    """The same of tests/config/files; each name has its folder in front."""
    columns = [[f"{kind}/{path.stem}" for path in sorted((HERE.parent / "config/files" / kind).glob("*.conf"))]
               for kind in ODD]
    return [[(ODD[name.split("/")[0]][0], name) for name in names if name]
            for names in itertools.zip_longest(*columns)]


def plant(root, service, name):
    """Puts one of them below `root`, with as much around it as an offline host needs."""
    etc = Path(root) / ETC[service]
    odd_files = HERE.parent / "config/files"
    if service == "postfix" and not etc.exists():
        etc.mkdir(parents=True)
        shutil.copyfile(odd_files / "maincf/debian.conf", etc / "main.cf")
        shutil.copyfile(odd_files / "mastercf/debian.conf", etc / "master.cf")
    etc.mkdir(parents=True, exist_ok=True)
    if "/" in name:
        kind, stem = name.split("/")
        place = etc / ODD[kind][1]
        place.parent.mkdir(parents=True, exist_ok=True)
        if service == "apache":
            shutil.copyfile(HERE / "apache/shop/apache2.conf", etc / "apache2.conf")
        shutil.copyfile(odd_files / kind / f"{stem}.conf", place)
    elif made := long_files().get((service, name)):
        for path, content in made.items():
            (etc / path).parent.mkdir(parents=True, exist_ok=True)
            (etc / path).write_bytes(content)
    else:
        shutil.copytree(HERE / service / name, etc, symlinks=True, dirs_exist_ok=True)
    for path in PRESENT[service]:
        (Path(root) / path).parent.mkdir(parents=True, exist_ok=True)
        (Path(root) / path).touch()


def tree(root):
    """{path: (mode, bytes or link target)} of everything below etc."""
    out = {}
    for folder, folders, files in os.walk(Path(root) / "etc"):
        for name in folders + files:
            path = Path(folder) / name
            content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
            out[str(path.relative_to(root))] = (path.lstat().st_mode, content)
    return out


def touched(before, after):
    """The lines of `before` that `after` has as comments of ours (or under a name of ours), in order;
    AssertionError where anything else of the administrator's differs: what was between is as it was."""
    out, rest = [], after
    if (begin := after.find(b"# BEGIN tlspolicy")) >= 0 and (begin == 0 or after[begin - 1:begin] == b"\n"):
        first = after[begin:after.index(b"\n", begin)]
        gap = int(first.split(b":")[0].split(b"+")[1]) if b" +" in first.split(b":")[0] else 0
        end = after.index(b"\n", after.index(b"# END tlspolicy", begin)) + 1
        rest = after[:begin - gap] + after[end:]
    old, new = before.split(b"\n"), rest.split(b"\n")
    assert len(old) == len(new), "lines were lost or came to it"
    for a, b in zip(old, new):
        if a == b:
            continue
        assert b == SET_ASIDE + a or b.replace(IN_PLACE, b"") == a, f"{a!r} became {b!r}"
        out.append(a)
    return out

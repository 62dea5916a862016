"""An administrator's files from the wild: folders beside this file, SERVICE/NAME/…, and three of 2,000
lines that are made here.  For the tests that take them through set and undo.
SPDX-License-Identifier: Apache-2.0
"""

import itertools
import os
import re
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

    stem = b"/etc/ssl/%s/mail.example.rsa.%s\n"
    certificate, key = stem % (b"certs", b"pem"), stem % (b"private", b"key")
    main = [b"compatibility_level = 3.6\n", b"myhostname = mail.example\n", b"inet_protocols = ipv4\n",
            b"smtpd_tls_security_level = may\n", b"smtpd_tls_cert_file=" + certificate, b"smtpd_tls_key_file=" + key,
            b"smtpd_tls_mandatory_protocols = !SSLv2,\n", b"# and\n", b"\t!SSLv3\n"]
    block = [b"protocols = imap\n", b"mail_location = maildir:~/Maildir\n", b"ssl = yes\n",
             b"passdb {\n", b"  driver = pam\n", b"}\n", b"userdb {\n", b"  driver = passwd\n", b"}\n",
             b"ssl_cert = <" + certificate, b"ssl_key = <" + key, b"ssl_min_protocol = TLSv1\n",
             b"protocol imap {\n", b"  ssl_cipher_list = ALL\n", b"}\n"]
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


def content_of(service, name):
    """{path below its folder in etc: bytes, or the target of a link} of one that is not odd."""
    made = dict(long_files().get((service, name), {}))
    for path in sorted((HERE / service / name).rglob("*")):
        if path.is_symlink() or path.is_file():
            here = str(path.relative_to(HERE / service / name))
            made[here] = os.readlink(path) if path.is_symlink() else path.read_bytes()
    return made


def written(files, lines):
    """The lines that a date touches, {path: lines or, of a file of ours, None}, for a golden file."""
    yield "  ".join(f"{service}/{name}" for service, name in files)
    for path, seen in sorted(lines.items()):
        yield f"  {path}{': ours' if seen is None else ''}"
        for line in seen or []:
            yield "    | " + line.decode(errors="backslashreplace").replace("\r", "\\r")


def golden(said, name):
    """(what was written, what the golden file has); with TLSPOLICY_ACCEPT the file is written anew."""
    text = "\n".join(said) + "\n"
    if os.environ.get("TLSPOLICY_ACCEPT"):
        (HERE / name).write_text(text, encoding="utf-8")
    return text, (HERE / name).read_text(encoding="utf-8")


def applied(diff, text):
    """`text` with a unified diff applied, and the number of lines that it takes out."""
    old, out, at, removed = text.splitlines(keepends=True), [], 0, 0
    lines = diff.splitlines(keepends=True)
    for number, line in enumerate(lines):
        body = line[1:]
        if number + 1 < len(lines) and lines[number + 1].startswith("\\"):
            body = body.removesuffix("\n")
        if hunk := re.match(r"@@ -(\d+)(?:,(\d+))? ", line):
            start = int(hunk[1]) - (hunk[2] != "0")
            out += old[at:start]
            at = start
        elif line.startswith("+") and not line.startswith("+++ "):
            out.append(body)
        elif line[0] in " -" and not line.startswith("--- "):
            assert old[at] == body, f"the diff has {body!r}, the file {old[at]!r}"
            removed += line[0] == "-"
            out += [body] if line[0] == " " else []
            at += 1
    return "".join(out + old[at:]), removed


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

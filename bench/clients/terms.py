# SPDX-License-Identifier: Apache-2.0
"""A client's hello as lists of names, and as a file of data/clients.  Names are those of src/crypto."""
import dataclasses
import pathlib
import re
import struct

CRYPTO = pathlib.Path(__file__).resolve().parents[2] / "src/crypto"
VERSIONS = {0x0300: "SSLv3", 0x0301: "TLSv1.0", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}


def _names(file, kind):
    found = re.findall(kind + r'\{(0x[0-9A-Fa-f]+)\}, "([^"]+)"', (CRYPTO / file).read_text())
    return {int(number, 16): name for number, name in found}


SUITES, GROUPS, SCHEMES = (_names("suites.inc", "Suite"), _names("group.cpp", "Group"),
                           _names("scheme.cpp", "Scheme"))


@dataclasses.dataclass
class Offer:
    newest: int
    versions: list = dataclasses.field(default_factory=list)  # of supported_versions
    suites: list = dataclasses.field(default_factory=list)
    groups: list = dataclasses.field(default_factory=list)
    schemes: list = dataclasses.field(default_factory=list)
    sni: bool = False


class Cursor:
    def __init__(self, data):
        self.data = data

    def take(self, size):
        out, self.data = self.data[:size], self.data[size:]
        return out

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def vector(self, size):
        return self.take(self.number(size))


def u16s(data):
    return [int.from_bytes(data[i:i + 2], "big") for i in range(0, len(data) - 1, 2)]


def known(data, names):
    """Without RFC 8701's values and what signals, which offer nothing; each once, as Erlang does not."""
    return list(dict.fromkeys(names[number] for number in u16s(data) if number in names))


def read(record):
    hello = Cursor(record[5 + 4:])
    out = Offer(newest=hello.number(2))
    hello.take(32)
    hello.vector(1)
    out.suites = known(hello.vector(2), SUITES)
    hello.vector(1)
    extensions = Cursor(hello.vector(2))
    while extensions.data:
        kind, body = extensions.number(2), Cursor(extensions.vector(2))
        if kind == 0:
            out.sni = True
        elif kind == 10:
            out.groups = known(body.vector(2), GROUPS)
        elif kind == 13:
            out.schemes = known(body.vector(2), SCHEMES)
        elif kind == 43:
            out.versions = [v for v in u16s(body.vector(1)) if v in VERSIONS]
            out.newest = max(out.versions)
    return out


def server_hello(version, offer):
    """With a suite that every version has, where the client offers one."""
    numbers = [n for n, name in SUITES.items() if name in offer.suites]
    cbc = [n for n in numbers if SUITES[n].startswith("TLS_RSA_WITH") and SUITES[n].endswith("CBC_SHA")]
    body = struct.pack("!H", version) + bytes(range(32)) + b"\0"
    body += struct.pack("!H", (cbc or numbers)[0]) + b"\0" + b"\x00\x05\xff\x01\x00\x01\x00"
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    return b"\x16" + struct.pack("!HH", version, len(message)) + message


def _list(key, names):
    one = f"{key} = [" + ", ".join(f'"{name}"' for name in names) + "]\n"
    if len(one) <= 101:
        return one
    return f"{key} = [\n" + "".join(f'  "{name}",\n' for name in names) + "]\n"


def toml(client, offer, oldest, record):
    newest = [name for name in offer.suites if "_WITH_" not in name]
    out = f"# {client.title}.  The format is docs/client-format.md.\n"
    out += f'id = "{client.id}"\ntitle = "{client.title}"\n'
    out += _list("uses", client.uses) + 'evidence = "recorded"\n'
    out += f'sources = [\n  "Recorded: {client.source}",\n]\n\n'
    out += f'min_protocol = "{oldest}"\nmax_protocol = "{VERSIONS[offer.newest]}"\n'
    out += _list("suites", [name for name in offer.suites if name not in newest])
    for key, names in (("tls13_suites", newest), ("groups", offer.groups), ("schemes", offer.schemes)):
        if names:
            out += _list(key, names)
    if client.min_dh_bits:
        out += f"min_dh_bits = {client.min_dh_bits}\n"
    if not offer.sni:
        out += "sni = false\n"
    return out + f'\nhello = "{record.hex()}"\n'

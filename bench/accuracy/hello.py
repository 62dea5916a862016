# SPDX-License-Identifier: Apache-2.0
"""Hellos with one suite each, made and read without any of the program's own code: the ground truth
that a scan is held against."""
import csv
import os
import pathlib
import socket
import struct

VERSIONS = {"SSLv2": 0x0002, "SSLv3": 0x0300, "TLSv1.0": 0x0301, "TLSv1.1": 0x0302,
            "TLSv1.2": 0x0303, "TLSv1.3": 0x0304}
SSL2_KINDS = [0x010080, 0x020080, 0x030080, 0x040080, 0x050080, 0x060040, 0x0700C0, 0x080080,
              0x060140, 0x0701C0]
# In use once, or still, without a registration: FIPS and export-1024 kinds of SSLv3, the first GOST
# and ChaCha20 numbers.
UNREGISTERED = [*range(0x60, 0x67), *range(0x80, 0x84), 0xCC13, 0xCC14, 0xCC15, 0xFEFE, 0xFEFF]
RETRY = bytes.fromhex("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C")
GROUPS12 = [*range(1, 0x1F), 0x100, 0x101, 0x102, 0x103, 0x104]
GROUPS13 = [*range(1, 0x2A), *range(0x100, 0x105), 0x200, 0x201, 0x202, 0x11EB, 0x11EC, 0x11ED,
            0x11EE, 0x6399, 0x639A]
SCHEMES = [0x0804, 0x0401, 0x0403, 0x0805, 0x0501, 0x0503, 0x0806, 0x0601, 0x0603, 0x0807, 0x0808,
           0x0201, 0x0203, 0x0202, 0x0402, 0x0301, 0x0303, 0x0302, 0x0101, 0x0103, 0x0809, 0x080A,
           0x080B]


def registry():
    """Every assigned number below TLS 1.3, and those of TLS 1.3, as IANA lists them."""
    root = pathlib.Path(__file__).resolve().parents[2] / "data/registry"
    old, new = [], []
    for path in sorted(root.glob("tls-cipher-suites-*.csv")):
        for row in csv.DictReader(path.open()):
            values = row["Value"].split(",")
            if len(values) != 2 or "-" in row["Value"] or not row["Description"].startswith("TLS_"):
                continue
            name = row["Description"]
            if name.endswith("_SCSV") or name == "TLS_NULL_WITH_NULL_NULL":
                continue
            number = int(values[0], 16) << 8 | int(values[1], 16)
            newest = "_WITH_" not in name or 0xC103 <= number <= 0xC106
            (new if newest else old).append(number)
    return old + [n for n in UNREGISTERED if n not in old], new


def extension(kind, body):
    return struct.pack("!HH", kind, len(body)) + body


def vector(width, body):
    return len(body).to_bytes(width, "big") + body


def u16s(numbers):
    return b"".join(struct.pack("!H", n) for n in numbers)


def hello(version, suites, groups, schemes=tuple(SCHEMES)):
    if version == 2:
        body = b"\x01\x00\x02" + struct.pack("!HHH", 3 * len(suites), 0, 16)
        body += b"".join(s.to_bytes(3, "big") for s in suites) + os.urandom(16)
        return struct.pack("!H", 0x8000 | len(body)) + body
    extensions = b""
    if version > 0x0300:
        extensions += extension(0xFF01, b"\0") if version < 0x0304 else b""
        if groups:
            extensions += extension(10, vector(2, u16s(groups)))
        if version < 0x0304:
            extensions += extension(11, b"\x01\x00")
        if version >= 0x0303:
            extensions += extension(13, vector(2, u16s(schemes)))
        if version == 0x0304:
            extensions += extension(43, b"\x02\x03\x04") + extension(45, b"\x01\x01")
            extensions += extension(51, b"\0\0")
    body = struct.pack("!H", min(version, 0x0303)) + os.urandom(32)
    body += vector(1, os.urandom(32) if version == 0x0304 else b"")
    body += vector(2, u16s(suites)) + b"\x01\x00"
    if extensions:
        body += vector(2, extensions)
    message = b"\x01" + vector(3, body)
    return b"\x16" + struct.pack("!H", min(version, 0x0301)) + vector(2, message)


def first_flight(port, sent, timeout, stop):
    """What comes until `stop` says enough, an alert, or the end."""
    seen = b""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as link:
        link.sendall(sent)
        try:
            while not stop(seen):
                more = link.recv(65536)
                if not more:
                    break
                seen += more
        except OSError:
            pass
    return seen


def messages(seen):
    """Handshake messages of unencrypted records, and whether a fatal alert came."""
    shakes, alert = b"", False
    while len(seen) >= 5 and len(seen) >= 5 + int.from_bytes(seen[3:5], "big"):
        size = int.from_bytes(seen[3:5], "big")
        if seen[0] == 22:
            shakes += seen[5:5 + size]
        elif seen[0] == 21 and size == 2:
            alert = alert or seen[5] == 2
        seen = seen[5 + size:]
    out = []
    while len(shakes) >= 4 and len(shakes) >= 4 + int.from_bytes(shakes[1:4], "big"):
        size = int.from_bytes(shakes[1:4], "big")
        out.append((shakes[0], shakes[4:4 + size]))
        shakes = shakes[4 + size:]
    return out, alert


def chosen(port, version, suites, groups, timeout=3.0, schemes=tuple(SCHEMES)):
    """(suite, group of TLS 1.3's retry) that the server goes on with; None where it does not."""
    if version == 2:
        seen = first_flight(port, hello(2, suites, ()), timeout,
                            lambda s: len(s) > 1 and len(s) >= 2 + (int.from_bytes(s[:2], "big") & 0x7FFF))
        if len(seen) < 13 or not seen[0] & 0x80 or seen[2] != 4:
            return None
        certificate, kinds = struct.unpack("!HH", seen[7:11])
        raw = seen[13 + certificate:13 + certificate + kinds]
        return {int.from_bytes(raw[i:i + 3], "big") for i in range(0, len(raw), 3)}

    def enough(seen):
        found, alert = messages(seen)
        kinds = [kind for kind, _ in found]
        return alert or 14 in kinds or (version == 0x0304 and 2 in kinds)

    found, alert = messages(first_flight(port, hello(version, suites, groups, schemes), timeout, enough))
    hellos = [body for kind, body in found if kind == 2]
    if not hellos:
        return None
    body = hellos[0]
    session = body[34]
    suite = int.from_bytes(body[35 + session:37 + session], "big")
    if version < 0x0304:
        if struct.unpack("!H", body[:2])[0] != version or not any(k == 14 for k, _ in found):
            return None
        return suite, None
    if b"\x00\x2b\x00\x02\x03\x04" not in body:
        return None
    at = body.find(b"\x00\x33\x00\x02") if body[2:34] == RETRY else -1
    return suite, int.from_bytes(body[at + 4:at + 6], "big") if at >= 0 else None

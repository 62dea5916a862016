#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/crypto/suites.inc, the table of every cipher suite, from the registry's own CSV.

What a suite is made of stands in its registered name ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), so
the table follows from the names; the few that are named otherwise, and the suites that servers
speak without being in the registry, are listed here with their source.
"""
import csv
import hashlib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
REGISTRY = ROOT / "data/registry/tls-cipher-suites-2023-01.csv"
TABLE = ROOT / "src/crypto/suites.inc"

# Signalling values: a client says something with them, a server never chooses them.
NOT_SUITES = {0x00FF: "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", 0x5600: "TLS_FALLBACK_SCSV"}

# The SSLv2 kinds: three bytes, the SSL 2.0 protocol specification C.4 (first seven), and SSLeay's.
SSL2 = [
    (0x010080, "SSL_CK_RC4_128_WITH_MD5", "RC4_128", "MD5", 128),
    (0x020080, "SSL_CK_RC4_128_EXPORT40_WITH_MD5", "RC4_40", "MD5", 40),
    (0x030080, "SSL_CK_RC2_128_CBC_WITH_MD5", "RC2_CBC_128", "MD5", 128),
    (0x040080, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5", "RC2_CBC_40", "MD5", 40),
    (0x050080, "SSL_CK_IDEA_128_CBC_WITH_MD5", "IDEA_CBC", "MD5", 128),
    (0x060040, "SSL_CK_DES_64_CBC_WITH_MD5", "DES_CBC", "MD5", 56),
    (0x060140, "SSL_CK_DES_64_CBC_WITH_SHA", "DES_CBC", "SHA", 56),
    (0x0700C0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "3DES_EDE_CBC", "MD5", 112),
    (0x0701C0, "SSL_CK_DES_192_EDE3_CBC_WITH_SHA", "3DES_EDE_CBC", "SHA", 112),
    (0x080080, "SSL_CK_RC4_64_WITH_MD5", "RC4_64", "MD5", 64),
]

# Never registered, or registered and taken back, but spoken by servers that still run.
UNREGISTERED = [
    # draft-ietf-tls-56-bit-ciphersuites-01 (OpenSSL up to 1.0.2); 0x66 was never an export suite.
    (0x0060, "TLS_RSA_EXPORT1024_WITH_RC4_56_MD5"),
    (0x0061, "TLS_RSA_EXPORT1024_WITH_RC2_CBC_56_MD5"),
    (0x0062, "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA"),
    (0x0063, "TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA"),
    (0x0064, "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA"),
    (0x0065, "TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA"),
    (0x0066, "TLS_DHE_DSS_WITH_RC4_128_SHA"),
    # draft-chudov-cryptopro-cptls-04, and the private numbers of OpenSSL's GOST engine.
    (0x0080, "TLS_GOSTR341094_WITH_28147_CNT_IMIT"),
    (0x0081, "TLS_GOSTR341001_WITH_28147_CNT_IMIT"),
    (0x0082, "TLS_GOSTR341094_WITH_NULL_GOSTR3411"),
    (0x0083, "TLS_GOSTR341001_WITH_NULL_GOSTR3411"),
    (0xFF85, "LEGACY_TLS_GOSTR341112_256_WITH_28147_CNT_IMIT"),
    (0xFF87, "LEGACY_TLS_GOSTR341112_256_WITH_NULL_GOSTR3411"),
    # draft-agl-tls-chacha20poly1305-04: the numbers of before RFC 7905.
    (0xCC13, "OLD_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0xCC14, "OLD_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0xCC15, "OLD_TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    # Netscape's "FIPS" suites, the second pair and the first.
    (0xFEFE, "SSL_RSA_FIPS_WITH_DES_CBC_SHA"),
    (0xFEFF, "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA"),
    (0xFFE0, "NETSCAPE_RSA_FIPS_WITH_3DES_EDE_CBC_SHA"),
    (0xFFE1, "NETSCAPE_RSA_FIPS_WITH_DES_CBC_SHA"),
]

# Key exchange as the name says it -> (kx, auth).  RSA_PSK is authenticated by the certificate
# (RFC 4279 4); SRP_SHA by the password alone (RFC 5054).
KEY_EXCHANGE = {
    "NULL": ("null", "null"),
    "RSA": ("rsa", "rsa"),
    "RSA_FIPS": ("rsa", "rsa"),
    "RSA_EXPORT": ("rsa_export", "rsa"),
    "RSA_EXPORT1024": ("rsa_export", "rsa"),
    "DH_DSS": ("dh", "dss"),
    "DH_RSA": ("dh", "rsa"),
    "DH_DSS_EXPORT": ("dh_export", "dss"),
    "DH_RSA_EXPORT": ("dh_export", "rsa"),
    "DHE_DSS": ("dhe", "dss"),
    "DHE_RSA": ("dhe", "rsa"),
    "DHE_DSS_EXPORT": ("dhe_export", "dss"),
    "DHE_DSS_EXPORT1024": ("dhe_export", "dss"),
    "DHE_RSA_EXPORT": ("dhe_export", "rsa"),
    "DH_anon": ("dh_anon", "anon"),
    "DH_anon_EXPORT": ("dh_anon_export", "anon"),
    "ECDH_RSA": ("ecdh", "rsa"),
    "ECDH_ECDSA": ("ecdh", "ecdsa"),
    "ECDHE_RSA": ("ecdhe", "rsa"),
    "ECDHE_ECDSA": ("ecdhe", "ecdsa"),
    "ECDH_anon": ("ecdh_anon", "anon"),
    "PSK": ("psk", "psk"),
    "DHE_PSK": ("dhe_psk", "psk"),
    "PSK_DHE": ("dhe_psk", "psk"),  # 0xC0AA and 0xC0AB, named the other way round (RFC 6655)
    "RSA_PSK": ("rsa_psk", "rsa"),
    "ECDHE_PSK": ("ecdhe_psk", "psk"),
    "SRP_SHA": ("srp", "srp"),
    "SRP_SHA_RSA": ("srp", "rsa"),
    "SRP_SHA_DSS": ("srp", "dss"),
    "KRB5": ("krb5", "krb5"),
    "KRB5_EXPORT": ("krb5_export", "krb5"),
    "GOSTR341094": ("gost", "gost"),
    "GOSTR341001": ("gost", "gost"),
    "GOSTR341112_256": ("gost", "gost"),
    "ECCPWD": ("eccpwd", "eccpwd"),
}

# Ephemeral *and* authenticated: an anonymous exchange keeps nothing from who sits in the middle.
FORWARD_SECRET = {"dhe", "dhe_export", "ecdhe", "dhe_psk", "ecdhe_psk", "eccpwd", "tls13"}
AEAD = re.compile(r"_(GCM|CCM|CCM_8|MGM|MGM_L|MGM_S)$|^CHACHA20_POLY1305$|^AEGIS_")
MAC = re.compile(r"^(.*?)_?(MD5|SHA|SHA256|SHA384|SHA512|SM3|OMAC|IMIT|GOSTR3411)$")


def strength(encryption):
    """Effective bits: what an attacker has to search, not what the key register holds."""
    if encryption == "NULL":
        return 0
    if "_40" in encryption or encryption == "DES40_CBC":
        return 40
    if "_56" in encryption or encryption == "DES_CBC":
        return 56
    if encryption.startswith("3DES"):
        return 112
    if encryption.startswith(("KUZNYECHIK", "MAGMA", "28147", "CHACHA20", "AEGIS_256")):
        return 256
    if encryption.startswith(("IDEA", "SEED", "SM4", "AEGIS_128L")):
        return 128
    return int(re.search(r"_(128|256)(_|$)", encryption).group(1))


def encryption_and_mac(text):
    found = MAC.match(text)
    encryption, mac = (found.group(1), found.group(2)) if found else (text, "")
    if AEAD.search(encryption):
        return encryption, "AEAD", True
    return encryption, mac, False


def row(number, name):
    bare = re.sub(r"^(OLD_|LEGACY_|NETSCAPE_|SSL_)?(TLS_)?", "", name)
    tls13 = "_WITH_" not in name or bare.endswith(("_MGM_L", "_MGM_S"))
    if tls13:
        kx, auth = "tls13", "tls13"
        cipher = bare.split("_WITH_")[-1]
    else:
        exchange, cipher = bare.split("_WITH_")
        kx, auth = KEY_EXCHANGE[exchange]
    if name in ("TLS_SHA256_SHA256", "TLS_SHA384_SHA384"):  # RFC 9150: integrity alone
        encryption, mac, aead = "NULL", bare.split("_")[0], False
    elif name == "TLS_NULL_WITH_NULL_NULL":
        encryption, mac, aead = "NULL", "NULL", False
    else:
        encryption, mac, aead = encryption_and_mac(cipher)
    if kx.endswith("_export") and encryption == "DES_CBC" and "1024" not in name:
        raise SystemExit(f"{name}: an export suite with whole DES?")
    if not mac:
        raise SystemExit(f"{name}: no MAC in its name")
    return number, name, kx, auth, encryption, mac, strength(encryption), kx in FORWARD_SECRET, aead


def registered():
    with REGISTRY.open(newline="", encoding="utf-8") as source:
        for entry in csv.DictReader(source):
            value = re.fullmatch(r"0x([0-9A-F]{2}),0x([0-9A-F]{2})", entry["Value"])
            if not value or not re.fullmatch(r"TLS_[A-Za-z0-9_]+", entry["Description"]):
                continue  # a range, reserved or unassigned
            number = int(value.group(1) + value.group(2), 16)
            if number in NOT_SUITES:
                assert entry["Description"] == NOT_SUITES[number]
                continue
            yield number, entry["Description"]


def main():
    rows = [row(number, name) for number, name in list(registered()) + UNREGISTERED]
    rows += [(n, name, "ssl2", "rsa", enc, mac, bits, False, False)
             for n, name, enc, mac, bits in SSL2]
    rows.sort()
    assert len({r[0] for r in rows}) == len({r[1] for r in rows}) == len(rows)
    digest = hashlib.sha256(REGISTRY.read_bytes()).hexdigest()
    flag = {True: "true", False: "false"}
    text = f"""// SPDX-License-Identifier: Apache-2.0
// Every cipher suite, by number.  Written by tools/gen_suites.py; do not edit.
//
// From {REGISTRY.relative_to(ROOT)}, the table "TLS Cipher Suites" of
// https://www.iana.org/assignments/tls-parameters as of January 2023, sha256
// {digest};
// and, listed in the generator with their sources, SSLv2's kinds and unregistered suites that are
// in use.
// Signalling values are not suites and are left out: 0x00FF, 0x5600 (RFC 5746, RFC 7507).
// clang-format off
"""
    for number, name, kx, auth, enc, mac, bits, forward_secret, aead in rows:
        digits = 6 if number > 0xFFFF else 4
        text += (f'{{Suite{{0x{number:0{digits}X}}}, "{name}", KeyExchange::{kx}, Auth::{auth}, '
                 f'"{enc}", "{mac}", {bits}, {flag[forward_secret]}, {flag[aead]}}},\n')
    text += "// clang-format on\n"
    if "--check" in sys.argv:
        raise SystemExit(0 if TABLE.read_text(encoding="utf-8") == text else
                         f"{TABLE} is not what {pathlib.Path(__file__).name} writes")
    TABLE.write_text(text, encoding="utf-8")
    print(f"{len(rows)} suites")


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Listens for one mail client, takes it as far as STARTTLS, and passes it on to `openssl s_server`, whose
words about what the client offered are printed: what libssl read, not we.
usage: outgoing.py PORT [S_SERVER-OPTION...]
SPDX-License-Identifier: Apache-2.0
"""

import socket
import subprocess
import sys
import tempfile
import threading

LIMIT = 15
SUITES = ("TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:"
          "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256")


def smtp(client):
    """RFC 5321 until the client said STARTTLS; False: it never did."""
    client.sendall(b"220 oracle\r\n")
    for line in client.makefile("rb"):
        word = line.split(b" ")[0].strip().upper()
        if word == b"STARTTLS":
            client.sendall(b"220 go on\r\n")
            return True
        client.sendall(b"250-oracle\r\n250 STARTTLS\r\n" if word in (b"EHLO", b"LHLO") else b"450 no\r\n")
    return False


def pass_on(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(listener, inner):
    client, _ = listener.accept()
    if not smtp(client):
        return
    server = socket.create_connection(("127.0.0.1", inner))
    threading.Thread(target=pass_on, args=(server, client), daemon=True).start()
    pass_on(client, server)


def main(port, *words):
    listener = socket.create_server(("127.0.0.1", port))
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = f"{folder}/key", f"{folder}/certificate"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
                        certificate, "-subj", "/CN=oracle"], check=True, stderr=subprocess.DEVNULL)
        line = ["openssl", "s_server", "-accept", f"127.0.0.1:{port + 1000}", "-cert", certificate, "-key",
                key, "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", "-ciphersuites", SUITES, *words]
        oracle = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
        end = threading.Timer(LIMIT, oracle.kill)
        end.start()
        for line in oracle.stdout:
            print(line, end="", flush=True)
            if line.startswith("ACCEPT"):
                threading.Thread(target=serve, args=(listener, port + 1000), daemon=True).start()
            if line.startswith(("CIPHER is", "ERROR", "Secure Renegotiation")):
                break
        oracle.kill()
        oracle.wait()
        end.cancel()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])

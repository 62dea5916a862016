# SPDX-License-Identifier: Apache-2.0
"""Servers on loopback for scan_test.py: TLS where each address of 127/8 shows a certificate with its
own name, and some that behave badly."""
import pathlib
import socket
import ssl
import subprocess
import threading


def certificate(folder, name):
    """A key and a self-signed certificate for `name`."""
    key, cert = pathlib.Path(folder) / f"{name}.key", pathlib.Path(folder) / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", f"/CN={name}",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


class Server:
    """Accepts on every address of 127/8 and hands each connection to `serve` in a thread."""

    def __init__(self):
        self.listener = socket.create_server(("0.0.0.0", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.accepted = 0
        self.closed = threading.Event()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self.guarded, args=(connection,), daemon=True).start()

    def guarded(self, connection):
        with connection:
            try:
                self.serve(connection)
            except OSError:  # ssl's errors too: the client asks for what is refused
                pass

    def close(self):
        self.closed.set()
        self.listener.close()


class Tls(Server):
    def __init__(self, folder, names, minimum=ssl.TLSVersion.TLSv1_3):
        self.contexts = {}
        for name in names:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = minimum
            context.load_cert_chain(*certificate(folder, name))
            self.contexts[name] = context
        super().__init__()

    def serve(self, connection):
        connection.settimeout(30)
        context = self.contexts[connection.getsockname()[0]]
        with context.wrap_socket(connection, server_side=True) as session:
            session.recv(1)


class Silent(Server):
    def serve(self, connection):
        self.closed.wait(60)


class Dripping(Server):
    """The beginning of a ServerHello that never ends, a byte at a time."""

    def serve(self, connection):
        connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xf0\x03\x03")
        while not self.closed.wait(0.2):
            connection.sendall(b"\x01")


class Endless(Server):
    """As much of a handshake as the client takes."""

    def serve(self, connection):
        record = b"\x16\x03\x03\x40\x00" + b"\x0b\xff\xff\xf0" + b"\x00" * 0x3ffc
        while not self.closed.is_set():
            connection.sendall(record)

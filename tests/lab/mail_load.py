#!/usr/bin/python3
"""Mail in and out of a host while somebody changes it, counted: senders to ports 25, 465 and 587, a
sink that the host relays to, and IMAP sessions that stay open.

usage: mail_load.py CERTIFICATE KEY MESSAGES     in the network of the host (lab net)
Sends until its standard input ends and at least MESSAGES went each way; waits until all arrived;
prints one JSON object.  Standard library only.
SPDX-License-Identifier: Apache-2.0
"""

import imaplib
import json
import smtplib
import socketserver
import ssl
import sys
import threading
import time

HOST, SINK_PORT, LIMIT = "127.0.0.1", 2525, 240
PORTS = (25, 465, 587)


def trusting():
    """What the host shows is taken: this counts mails, it proves nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Sink(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a relaying host says to us, with STARTTLS (RFC 3207)."""

    def handle(self):
        self.server.plain += 1
        self.say("220 sink.example")
        while line := self.rfile.readline(4096).decode(errors="replace").strip():
            word = line.split()[0].upper()
            if word == "EHLO":
                self.say("250-sink.example\r\n250 STARTTLS")
            elif word == "STARTTLS":
                self.say("220 go on")
                self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
                self.server.plain -= 1
            elif word == "DATA":
                self.take()
            elif word == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")
        return None

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def take(self):
        self.say("354 go on")
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            if line.lower().startswith(b"subject: "):
                self.server.subjects.add(line[9:].strip().decode())
        self.say("250 taken")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, request_queue_size = True, True, 64


class Sender(threading.Thread):
    """One message, one connection, in and out in turn; what failed is kept in words."""

    def __init__(self, number, port, goes_on):
        super().__init__()
        self.number, self.port, self.goes_on = number, port, goes_on
        self.sent, self.failed = {"in": [], "out": []}, []

    def run(self):
        count = 0
        while self.goes_on():
            for way, to in (("in", "alice@mail.example"), ("out", "somebody@sink.example")):
                count += 1
                subject = f"{way}-{self.number}-{count}"
                try:
                    self.send(to, subject)
                    self.sent[way].append(subject)
                except (OSError, smtplib.SMTPException) as problem:
                    self.failed.append(f"{subject} on {self.port}: {problem!r}")

    def send(self, to, subject):
        if self.port == 465:
            client = smtplib.SMTP_SSL(HOST, self.port, timeout=30, context=trusting())
        else:
            client = smtplib.SMTP(HOST, self.port, timeout=30)
            client.starttls(context=trusting())
        with client:
            client.sendmail("bob@mail.example", [to], f"Subject: {subject}\r\n\r\nhello\r\n")


def inbox(session):
    """The subjects in alice's mailbox."""
    session.select("INBOX", readonly=True)
    _, parts = session.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    texts = [part[1].decode() for part in parts if isinstance(part, tuple)]
    return [text.split(":", 1)[1].strip() for text in texts]


def opened():
    session = imaplib.IMAP4_SSL(HOST, 993, ssl_context=trusting())
    session.login("alice", "secret")
    return session


def wait_until_all_arrived(sent, server):
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        with opened() as session:
            got = {"in": inbox(session), "out": sorted(server.subjects)}
        if all(set(sent[way]) <= set(got[way]) for way in sent):
            break
        time.sleep(0.5)
    return got


def main():
    certificate, key, least = sys.argv[1], sys.argv[2], int(sys.argv[3])
    server = Server((HOST, SINK_PORT), Sink)
    server.subjects, server.plain = set(), 0
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(certificate, key)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    sessions = [opened(), opened()]
    senders = []

    def goes_on():
        ways = [sum(len(one.sent[way]) for one in senders) for way in ("in", "out")]
        return not stop.is_set() or min(ways) < least and sum(len(s.failed) for s in senders) < least

    senders += [Sender(number, port, goes_on) for number, port in enumerate(PORTS)]
    print("up", flush=True)
    for one in senders:
        one.start()
    for one in senders:
        one.join()

    sent = {way: [s for one in senders for s in one.sent[way]] for way in ("in", "out")}
    got = wait_until_all_arrived(sent, server)
    ended = []
    for session in sessions:
        try:
            session.noop()
        except (OSError, imaplib.IMAP4.error) as problem:
            ended.append(repr(problem))
    print(json.dumps({
        "sent": {way: len(sent[way]) for way in sent},
        "lost": {way: len(set(sent[way]) - set(got[way])) for way in sent},
        "failed": [problem for one in senders for problem in one.failed],
        "sessions": len(sessions), "sessions_ended": ended,
        "relayed_in_plaintext": server.plain}))


if __name__ == "__main__":
    main()

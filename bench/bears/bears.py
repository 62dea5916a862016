# SPDX-License-Identifier: Apache-2.0
"""Servers that misbehave on purpose, each a coroutine of (reader, writer): what it does to a client whose
first bytes it has read."""
import asyncio
import os
import random
import socket
import struct


def record(kind, body):
    return struct.pack("!BHH", kind, 0x0303, len(body)) + body


def server_hello(suite, version=0x0303, extensions=b""):
    body = struct.pack("!H", version) + os.urandom(32) + b"\0" + struct.pack("!HB", suite, 0)
    body += struct.pack("!H", len(extensions)) + extensions
    return record(22, b"\x02" + len(body).to_bytes(3, "big") + body)


async def drip(reader, writer):
    for byte in server_hello(0xC02F):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.5)


async def flood(reader, writer):
    block = os.urandom(1 << 16)
    while True:
        writer.write(block)
        await writer.drain()


async def alerts(reader, writer):
    while True:     # warnings, which end nothing
        writer.write(record(21, b"\x01\x70") * 500)
        await writer.drain()


async def banner(reader, writer):
    while True:     # a greeting, to SMTP and SSH alike, that never ends
        writer.write(b"220-" + b"x" * 400 + b"\r\n")
        await writer.drain()


async def noise(reader, writer):
    writer.write(os.urandom(random.randrange(1, 4000)))


async def half_hello(reader, writer):
    writer.write(server_hello(0xC02F)[: random.randrange(1, 40)])
    await asyncio.sleep(60)


async def not_offered(reader, writer):
    writer.write(server_hello(random.choice((0x1301, 0x0005, 0xFEFE, 0x0000)), random.choice((0x0303, 0x0300, 0x0404))))
    await asyncio.sleep(60)


async def group_not_offered(reader, writer):
    # Of numbers that IANA gave to nobody: a group that was offered would be a sound HelloRetryRequest.
    retry = b"\x00\x2b\x00\x02\x03\x04\x00\x33\x00\x02" + struct.pack("!H", random.choice((0xFFFF, 0x4242, 0x0000)))
    hello = bytearray(server_hello(0x1301, extensions=retry))
    hello[11:43] = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")  # RFC 8446 4.1.3
    writer.write(bytes(hello))
    await asyncio.sleep(60)


async def big_certificate(reader, writer):
    writer.write(server_hello(0xC02F))
    rest = b"\x0b" + (0xFFFFFF).to_bytes(3, "big") + b"\xff" * 0xFFFFFF
    for at in range(0, len(rest), 16000):
        writer.write(record(22, rest[at:at + 16000]))
        await writer.drain()


async def reset(reader, writer):
    writer.write(server_hello(0xC02F)[: random.choice((0, 3, 5, 9, 60))])
    await writer.drain()
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def closes(reader, writer):
    pass


async def silent(reader, writer):
    await asyncio.sleep(60)


KINDS = (drip, flood, alerts, banner, noise, half_hello, not_offered, group_not_offered, big_certificate, reset,
         closes, silent)


async def serve(kind):
    """A listening port on loopback."""
    async def one(reader, writer):
        try:
            if kind is not banner:
                await asyncio.wait_for(reader.read(1), 30)
            await kind(reader, writer)
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()
    server = await asyncio.start_server(one, "0.0.0.0", 0)
    return server.sockets[0].getsockname()[1]

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A relay with the manners of some middle boxes, in front of a server.

usage: relay.py PORT SERVERS_PORT [swallows_alerts=True] [most_suites=N]
"""
import asyncio
import sys


def suites_in(hello):
    """How many a record with a ClientHello offers; SSLv2's form counts as none."""
    if len(hello) < 46 or hello[0] != 22:
        return 0
    session = hello[43]
    return int.from_bytes(hello[44 + session:46 + session], "big") // 2


async def first_record(reader):
    head = await reader.readexactly(5)
    if head[0] != 22:
        return head
    return head + await reader.readexactly(int.from_bytes(head[3:5], "big"))


async def upwards(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)


async def downwards(reader, writer, quirks):
    start = await reader.read(65536)
    if start[:1] == b"\x15" and "swallows_alerts" in quirks:
        await asyncio.sleep(60)  # until the client has enough
    writer.write(start)
    await upwards(reader, writer)


async def serve(reader, writer, port, quirks):
    back, ways = None, []
    try:
        hello = await first_record(reader)
        if suites_in(hello) > int(quirks.get("most_suites", 65536)):
            return
        there, back = await asyncio.open_connection("127.0.0.1", port)
        back.write(hello)
        ways = [asyncio.create_task(upwards(reader, back)),
                asyncio.create_task(downwards(there, writer, quirks))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    except (OSError, EOFError):
        pass
    finally:  # whoever ends first ends both
        for way in ways:
            way.cancel()
        for end in filter(None, (writer, back)):
            end.close()


async def main():
    port, server = int(sys.argv[1]), int(sys.argv[2])
    quirks = dict(word.split("=") for word in sys.argv[3:])
    listener = await asyncio.start_server(lambda r, w: serve(r, w, server, quirks), "127.0.0.1", port)
    await listener.serve_forever()


asyncio.run(main())

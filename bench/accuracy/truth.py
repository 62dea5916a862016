# SPDX-License-Identifier: Apache-2.0
"""What a server really has: one connection for each version and suite, and for each group; and
whether a claimed order holds, by offering neighbours the wrong way round."""
import concurrent.futures

import hello

OLD, NEW = hello.registry()


def _each(function, items):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return [item for item, good in zip(items, pool.map(function, items)) if good]


def suites(port, version, timeout):
    number = hello.VERSIONS[version]
    if version == "SSLv2":
        return sorted(hello.chosen(port, 2, hello.SSL2_KINDS, (), timeout) or set())
    groups = hello.GROUPS13 if version == "TLSv1.3" else hello.GROUPS12

    def accepted(suite):
        answer = hello.chosen(port, number, [suite], groups, timeout)
        return answer is not None and answer[0] == suite
    return _each(accepted, NEW if version == "TLSv1.3" else OLD)


def groups13(port, accepted, timeout):
    def good(group):
        answer = hello.chosen(port, 0x0304, accepted, [group], timeout)
        return answer is not None and answer[1] == group
    return _each(good, hello.GROUPS13)


CHACHA = {0xCC13, 0xCC14, 0xCC15, *range(0xCCA8, 0xCCAF), 0x1303}


def wrong_order(port, version, order, claimed, chacha20_by_client, timeout):
    """Neighbours that the server does not choose between as claimed."""
    number = hello.VERSIONS[version]
    groups = hello.GROUPS13 if version == "TLSv1.3" else hello.GROUPS12
    wrong = []
    for first, second in zip(claimed, claimed[1:]):
        answer = hello.chosen(port, number, [second, first], groups, timeout)
        client_decides = order == "client" or (chacha20_by_client and second in CHACHA and first not in CHACHA)
        expected = second if client_decides else first
        if answer is None or answer[0] != expected:
            wrong.append((first, second))
    return wrong

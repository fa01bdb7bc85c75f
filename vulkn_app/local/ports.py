"""Ports of 127.0.0.1 for the parts that nobody addresses by hand."""

import random
import socket

from vulkn_app.local.failure import StackFailed

# Below the range that outgoing connections take theirs from: a part that restarts finds its port free again.
CANDIDATES = range(20000, 32000)


def free_port(*, preferred: int = 0) -> int:
    """The preferred port if it is free, else some other."""
    first = [preferred] if preferred else []
    for port in [*first, *random.sample(CANDIDATES, 200)]:
        if is_free("127.0.0.1", port):
            return port
    raise StackFailed("No free port on 127.0.0.1 between 20000 and 32000.")


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True

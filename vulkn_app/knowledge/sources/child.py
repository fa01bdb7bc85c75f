"""The process that reads one file: it bounds itself before it sees a byte, and has nothing to lose.

Standard input: a line of JSON (name, or address and charset), then the bytes. Standard output: JSON."""

import contextlib
import json
import resource
import sys
from dataclasses import asdict
from typing import Any

MEMORY = 1_000_000_000  # bytes of address space: the parsers' libraries alone map a fifth of it
SECONDS = 30  # of processor time
FILES = 64


def main() -> None:
    _bound()
    asked = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    from vulkn_app.knowledge.drafts import File
    from vulkn_app.knowledge.sources import reading

    answer: dict[str, Any]
    try:
        if "address" in asked:
            answer = reading.read_page(content, asked["address"], asked["charset"])
        else:
            answer = {"drafts": reading.read(File(asked["name"], content)), "links": []}
    except MemoryError:
        answer = {"problem": "too_much_text"}
    except RecursionError:
        answer = {"problem": "broken"}
    answer["drafts"] = [asdict(draft) for draft in answer.get("drafts", [])]
    # Half a surrogate pair is no text, and would not survive the way out either.
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _bound() -> None:
    for what, limit, hard in (
        (resource.RLIMIT_AS, MEMORY, MEMORY),
        # The first one is a signal that tells why it died; without a second it would be a plain kill.
        (resource.RLIMIT_CPU, SECONDS, SECONDS + 2),
        (resource.RLIMIT_NOFILE, FILES, FILES),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(
            ValueError, OSError
        ):  # macOS refuses some; the clock outside still bounds it
            resource.setrlimit(what, (limit, hard))


if __name__ == "__main__":
    main()

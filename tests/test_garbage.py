"""In a process of its own: what is settled once counts for all that runs in it."""

import subprocess
import sys

LOOKED_THROUGH = """
import gc
held = [[] for _ in range(100_000)]
from vulkn_app import garbage
garbage.settle()
assert gc.get_freeze_count() > 100_000, gc.get_freeze_count()
ring = []
ring.append(ring)
del ring
print(gc.collect(), len(gc.get_objects()) < 10_000)
"""


def test_what_start_up_made_is_not_looked_through_and_new_cycles_are() -> None:
    told = subprocess.run(
        [sys.executable, "-c", LOOKED_THROUGH], capture_output=True, text=True, timeout=60, check=True
    )

    collected, only_the_new = told.stdout.split()
    assert int(collected) >= 1
    assert only_the_new == "True"

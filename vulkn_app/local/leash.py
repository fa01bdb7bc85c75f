"""Runs a command that dies with the process that asked for it, optionally as another user.

`python leash.py --parent PID --signal N [--user UID:GID] -- COMMAND...`. A program of its own, because a
`preexec_fn` is unsafe in a process with threads. Reads nothing of ours: it must start in a few milliseconds.
"""

import argparse
import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Replaces itself with the command. The order matters: a change of user clears the death signal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--signal", type=int, required=True)
    parser.add_argument("--user")
    parser.add_argument("command", nargs="+")
    asked = parser.parse_args()

    if asked.user:
        uid, gid = map(int, asked.user.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, asked.signal)
        if os.getppid() != asked.parent:
            sys.exit(1)  # the parent was gone before the signal was armed
    os.execv(asked.command[0], asked.command)


main()

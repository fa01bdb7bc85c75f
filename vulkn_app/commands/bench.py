"""`./vulkn bench NAME`: measures on this machine; prints one JSON object. Figures compare within one run only."""

import json
from importlib import import_module

import typer

BENCHMARKS = {"turn": "tests.benchmarks.turn"}


def bench(name: str) -> None:
    """`name` is one of BENCHMARKS; their modules lie with the tests, whose fake model they use."""
    if name not in BENCHMARKS:
        raise typer.BadParameter(f"one of: {', '.join(BENCHMARKS)}", param_hint="NAME")
    found = import_module(BENCHMARKS[name]).run()
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))

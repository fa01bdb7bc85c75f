"""How several processes share a run: nothing is left out, nothing is run twice."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.plugins.sharing import Sharing

Taken = list[str]


def a_test(nodeid: str, *fixtures: str, mark: str = "") -> Any:
    state = SimpleNamespace(teardown_exact=lambda item: None)
    return SimpleNamespace(
        nodeid=nodeid, fixturenames=fixtures, keywords={mark}, session=SimpleNamespace(_setupstate=state)
    )


def run(sharing: Sharing, tests: list[Any]) -> Taken:
    return [test.nodeid for test in tests if sharing.pytest_runtest_protocol(test) is None]


@pytest.fixture
def tests() -> list[Any]:
    modules = [a_test(f"tests/test_{name}.py::test_{n}") for n in range(3) for name in "abcde"]
    looking = [a_test(f"tests/e2e/test_{name}.py::test_it", "stack", "page") for name in "fg"]
    return [*modules, *looking, a_test("tests/test_e.py::test_long", mark="slow")]


def test_each_test_is_run_by_exactly_one(tests: list[Any], tmp_path: Path) -> None:
    one, other = Sharing(tmp_path), Sharing(tmp_path)
    taken: Taken = []
    for test in tests:
        taken += run(one, [test]) + run(other, [test])

    assert sorted(taken) == sorted(test.nodeid for test in tests)


def test_a_module_and_the_running_stack_are_never_divided(tests: list[Any], tmp_path: Path) -> None:
    one, other = Sharing(tmp_path), Sharing(tmp_path)
    shares: list[Taken] = [[], []]
    for number, test in enumerate(tests):
        for sharing, share in ((one, shares[0]), (other, shares[1]))[:: 1 if number % 2 else -1]:
            share += run(sharing, [test])

    places = [{nodeid.partition("::")[0].replace("_g", "_f") for nodeid in share} for share in shares]
    assert all(shares)
    assert not places[0] & places[1]


@pytest.mark.parametrize(("quick_first", "order"), [(True, "abcdefg"), (False, "fgeabcd")])
def test_one_begins_with_the_quick_ones_and_a_module_stays_in_one_piece(
    tests: list[Any], tmp_path: Path, quick_first: bool, order: str
) -> None:
    sharing = Sharing(tmp_path, quick_first=quick_first)
    sharing.pytest_collection_modifyitems(cast(list[pytest.Item], tests))

    modules = [test.nodeid.partition("::")[0] for test in tests]
    assert "".join(name[-4] for name in dict.fromkeys(modules)) == order
    assert len(dict.fromkeys(modules)) == len([m for n, m in enumerate(modules) if modules[n - 1 : n] != [m]])

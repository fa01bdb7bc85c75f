"""`vulkn admin` at the server's shell."""

import json

import pytest

from tests.commands.conftest import Vulkn
from tests.factories import a_business


async def test_an_administrator_comes_and_goes(vulkn: Vulkn, database_url: str) -> None:
    email = f"{a_business(database_url).slug}@sol.test"

    assert (await vulkn("admin", "grant", email)).exit_code == 0
    listed = json.loads((await vulkn("admin", "list", "--json")).stdout)
    assert [(row["email"], row["factor"]) for row in listed if row["email"] == email] == [(email, False)]
    assert email in (await vulkn("admin", "list")).stdout
    assert (await vulkn("admin", "reset-factor", email)).exit_code == 0
    assert (await vulkn("admin", "revoke", email)).exit_code == 0
    assert email not in (await vulkn("admin", "list")).stdout


@pytest.mark.parametrize("command", ["grant", "revoke", "reset-factor"])
async def test_nobody_of_that_address_is_a_failure_with_a_sentence(vulkn: Vulkn, command: str) -> None:
    answer = await vulkn("admin", command, "nobody@nowhere.mx")

    assert answer.exit_code == 1
    assert "nobody@nowhere.mx" in answer.stderr

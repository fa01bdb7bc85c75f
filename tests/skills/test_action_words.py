"""Without a model an action is called when there is nothing to guess, and never otherwise."""

import json
from typing import Any

import pytest

from tests.factories import Business, a_business
from tests.skilled import a_loose_turn, a_turn
from tests.skills.servers import saying, serving
from vulkn_app.settings import settings
from vulkn_app.skills.http_action import SKILL, HttpActionConfig

ORDER: dict[str, Any] = {
    "name": "order_status",
    "description": "Tells how far an order is.",
    "examples": ["dónde está mi pedido", "where is my order"],
    "url": "https://api.example.com/orders/{order}",
    "hosts": ["api.example.com"],
    "arguments": [{"name": "order"}, {"name": "lang", "required": False, "choices": ["es", "en"]}],
    "pick": [{"label": "Estado", "path": "status"}],
}
STOCK: dict[str, Any] = {
    "name": "stock",
    "description": "How many are left in a shop.",
    "examples": ["cuántos quedan"],
    "url": "https://api.example.com/stock?city={city}&size={size}",
    "hosts": ["api.example.com"],
    "arguments": [
        {"name": "city", "choices": ["Puebla", "Mérida", "La"]},
        {"name": "size", "kind": "number"},
    ],
    "pick": [{"label": "Quedan", "path": "left"}],
}


async def rehearsed(words: str, *actions: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    config = HttpActionConfig.model_validate({"actions": list(actions) or [ORDER, STOCK]})
    return await SKILL.rehearse(a_loose_turn(words), config)


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("¿Dónde está mi pedido A-4711?", "A-4711"),
        ("Hola, ¿donde esta mi pedido #10425? gracias", "10425"),
        ("Where is my order MX/2026-17.", "MX/2026-17"),
    ],
)
async def test_a_phrase_of_the_owners_and_one_code_are_a_call(words: str, order: str) -> None:
    assert await rehearsed(words) == ("service_order_status", {"order": order})


@pytest.mark.parametrize(
    "words",
    [
        "¿Dónde está mi pedido?",
        "¿Dónde está mi pedido de ayer?",
        "¿Dónde están los pedidos A-4711?",
        "Mi pedido es el A-4711",
        "¿Dónde está mi pedido A-4711 o el B-12?",
        "¿Dónde está mi pedido? Pagué $300 por el 4711",
        "¿Dónde está mi pedido? Soy ana1@sol.test",
        "¿Dónde está mi pedido 7?",
        "¿Dónde está mi pedido A-4711 y cuántos quedan?",
    ],
)
async def test_what_leaves_something_to_guess_is_not(words: str) -> None:
    assert await rehearsed(words) is None


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("¿Cuántos quedan en Puebla del 26?", {"city": "Puebla", "size": 26.0}),
        ("¿Cuántos quedan en merida, talla 26.5?", {"city": "Mérida", "size": 26.5}),
        ("¿Cuántos quedan en Puebla o Mérida del 26?", None),
        ("¿Cuántos quedan del 26?", None),
        ("¿Cuántos quedan en la del 26?", None),  # two letters are no choice: they are in every sentence
        ("¿Cuántos quedan en Puebla?", None),
        ("¿Cuántos quedan en Puebla del 26A?", None),
    ],
)
async def test_a_choice_is_named_and_a_number_stands_alone(words: str, values: dict[str, Any] | None) -> None:
    assert await rehearsed(words) == (("service_stock", values) if values else None)


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "POST", "url": "https://api.example.com/orders"},
        {"pick": []},
        {"examples": []},
        {"arguments": [{"name": "order"}, {"name": "name"}]},
        {"arguments": [{"name": "order", "kind": "yes_no"}]},
    ],
)
async def test_what_changes_something_or_needs_a_reader_is_never_called(changed: dict[str, Any]) -> None:
    assert await rehearsed("¿Dónde está mi pedido A-4711?", {**ORDER, **changed}) is None


async def test_the_customer_is_told_what_the_owner_picked(
    database_url: str, deployment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "actions_reach_loopback", True)
    business: Business = a_business(database_url)
    async with serving(saying(json.dumps({"status": "en camino", "cost": 12}))) as server:
        action = {**ORDER, "url": f"{server.url}/orders/{{order}}", "hosts": ["127.0.0.1"]}
        config = HttpActionConfig.model_validate({"actions": [action]})
        turn = a_turn(database_url, business, "¿Dónde está mi pedido A-4711?")
        found = await SKILL.rehearse(turn, config)
        assert found
        (tool,) = SKILL.tools_for(config)
        result = await tool.run(turn, config, tool.arguments.model_validate(found[1]))

    assert result.say == "Estado: en camino"
    assert server.requests[0].target == "/orders/A-4711"


def test_the_model_is_told_how_customers_ask_for_it() -> None:
    (tool,) = SKILL.tools_for(HttpActionConfig.model_validate({"actions": [ORDER]}))

    assert tool.spec().description.endswith('like this: "dónde está mi pedido", "where is my order"')

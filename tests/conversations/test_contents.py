"""What a message is made of, whatever a customer's app puts there."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vulkn_app.conversations import contents

ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "location",
        "contacts",
        "latitude",
        "longitude",
        "name",
        "phones",
        "order",
        "product_items",
        "referral",
        "response",
    ]
)


def test_a_place_opens_on_a_map() -> None:
    found = contents.more(
        "location", {"latitude": 19.43, "longitude": -99.13, "name": "Ángel", "address": "Reforma"}
    )

    assert found
    assert found.place
    assert (found.place.name, found.place.address) == ("Ángel", "Reforma")
    assert found.place.url.endswith("query=19.43%2C-99.13")


def test_a_card_an_order_and_a_form_are_lines_to_read() -> None:
    card = contents.more("contacts", {"contacts": [{"name": "Luis", "phones": ["+52 55 1"]}]})
    order = contents.more(
        "order",
        {"items": [{"product": "pan", "quantity": "2", "price": "15", "currency": "MXN"}]},
    )
    form = contents.more("interactive", {"form": {"su_nombre": "Ana"}})

    assert card
    assert [(one.name, one.phone) for one in card.cards] == [("Luis", "+52 55 1")]
    assert order
    assert [(line.what, line.how_much) for line in order.order] == [("pan", "2 \u00d7 15 MXN")]
    assert form
    assert [(line.what, line.how_much) for line in form.form] == [("su nombre", "Ana")]


def test_an_ad_s_address_is_one_of_the_web_or_none() -> None:
    good = contents.ad({"headline": "Promo", "source_url": "https://fb.me/x"})
    bad = contents.ad({"headline": "Promo", "source_url": "javascript:alert(1)"})

    assert good
    assert bad
    assert (good.headline, good.url, bad.url) == ("Promo", "https://fb.me/x", "")
    assert contents.ad(None) is None


def test_text_alone_is_nothing_more() -> None:
    assert contents.more("text", {}) is None
    assert contents.more("text", {"id": "wamid"}) is None


@pytest.mark.parametrize(
    ("kind", "content", "worded"),
    [
        ("text", {}, True),
        ("image", {}, False),
        ("image", {"caption": "Este"}, True),
        ("audio", {}, False),
        ("location", {}, False),
    ],
)
def test_a_name_for_a_file_is_not_somebody_s_words(kind: str, content: dict[str, Any], worded: bool) -> None:
    assert contents.worded(kind, content) == worded


@given(
    kind=st.sampled_from(["text", "image", "location", "contacts", "interactive", "order", "template"]),
    content=st.dictionaries(NAMES, ANYTHING, max_size=5),
)
def test_nothing_that_stands_there_breaks_the_inbox(kind: str, content: dict[str, Any]) -> None:
    contents.more(kind, content)
    contents.worded(kind, content)
    contents.ad(content)

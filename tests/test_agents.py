"""Sites as people write them, as browsers name them."""

import pytest

from vulkn_app.agents import origin_of
from vulkn_app.errors import BadInput


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("mitienda.mx", "https://mitienda.mx"),
        (" https://WWW.MiTienda.mx/contacto?x=1 ", "https://www.mitienda.mx"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("https://mitienda.mx:443", "https://mitienda.mx"),
        ("https://ana:secreto@mitienda.mx", "https://mitienda.mx"),
        ("https://peña.mx", "https://xn--pea-8ma.mx"),
    ],
)
def test_a_site_becomes_the_origin_that_its_pages_send(site: str, origin: str) -> None:
    assert origin_of(site) == origin


@pytest.mark.parametrize(
    "site", ["", "hola", "esto no", "javascript:alert(1)", "ftp://x.mx", "https://", "https://x.mx:abc"]
)
def test_what_is_no_site_is_refused(site: str) -> None:
    with pytest.raises(BadInput):
        origin_of(site)

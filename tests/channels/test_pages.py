"""What is kept of the page a visitor was on."""

import pytest

from vulkn_app.channels import pages, robots


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://sol.mx/precios?utm=x#abajo", "https://sol.mx/precios"),
        ("https://sol.mx", "https://sol.mx/"),
        ("https://sol.mx/precios/", "https://sol.mx/precios"),
        ("http://localhost:8080/a", "http://localhost:8080/a"),
        ("https://ana:clave@sol.mx/", "https://sol.mx/"),
        ("https://SOL.mx/Menú/año", "https://sol.mx/Menú/año"),
        (
            "https://sol.mx/restablecer/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
            "https://sol.mx/restablecer/…",
        ),
        ("https://sol.mx/baja/ana@correo.mx", "https://sol.mx/baja/…"),
        ("https://sol.mx/baja/ana%40correo.mx/ok", "https://sol.mx/baja/…/ok"),
        ("https://sol.mx/blog/como-elegir-a-tu-dentista-en-la-roma-norte", None),
        ("/precios?x=1", "/precios"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://[broken/", ""),
        ("https://sol.mx:99999/", ""),
        ("half \ud800 a character", ""),
    ],
)
def test_only_where_is_kept_and_nothing_meant_for_one_person(address: str, kept: str | None) -> None:
    assert pages.told(address) == (address if kept is None else kept)


def test_it_is_never_longer_than_the_table_allows() -> None:
    assert len(pages.told("https://sol.mx/" + "ab/" * 400)) == pages.LONGEST


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/116.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 11; moto g) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36 Chrome-Lighthouse",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0)",
        "WhatsApp/2.23.20.0",
    ],
)
def test_a_program_that_says_so_is_no_visitor(agent: str) -> None:
    assert robots.is_one(agent)


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 Version/18.2 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 13; SM-A146M; wv) Chrome/131 Mobile Safari/537.36 Instagram 350.0.0.0",
    ],
)
def test_a_persons_phone_is_one(agent: str) -> None:
    assert not robots.is_one(agent)

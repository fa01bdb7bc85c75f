"""A web address is read as a visitor reads it: never inside our network, never more than was asked for."""

import pytest

from tests.skills.servers import Answer, Request, Server, Writer, bomb, endless, saying, serving
from vulkn_app.knowledge.drafts import Draft
from vulkn_app.knowledge.sources import crawl
from vulkn_app.outbound import Outbound
from vulkn_app.settings import settings

SITE = {
    "/": '<title>Nami</title><h1>Nami</h1><p>Sushi en la Roma.</p><a href="/menu">Menú</a> <a href="foto.jpg">x</a>'
    '<a href="/privado/x">x</a> <a href="/?p=2">x</a> <a href="https://otro.example/">x</a> <a href="/menu#rollos">x</a>'
    "<h2>Contacto</h2><p>Tel. 55 1234 5678</p>",
    "/menu": "<h1>Menú</h1><p>California $120</p><h2>Contacto</h2><p>Tel. 55 1234 5678</p><p><a href='/'>Inicio</a> <a href='/roto'>x</a> <a href='/horario'>x</a></p>",
    "/horario": "<h1>Horario</h1><p>De 13 a 22 h</p>",
    "/privado/x": "<h1>Privado</h1><p>secreto</p>",
}
ROBOTS = "User-agent: *\nDisallow: /privado/\n"


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sites of these tests are on this machine."""
    monkeypatch.setattr(settings, "actions_reach_loopback", True)
    monkeypatch.setattr(crawl, "PAUSE", 0)


async def site(request: Request, writer: Writer) -> None:
    if request.target == "/robots.txt":
        await saying(ROBOTS)(request, writer)
    elif request.target in SITE:
        await html(SITE[request.target])(request, writer)
    else:
        await saying("no", status=500)(request, writer)


def html(body: str) -> Answer:
    return saying(body, content_type="text/html; charset=utf-8")


def redirecting(to: str) -> Answer:
    return saying("", status=302, location=to)


async def read(address: str, pages: int = 1, outbound: Outbound | None = None) -> list[tuple[str, str]]:
    async def go_on(done: int, known: int) -> bool:
        return True

    return told(await crawl.read(address, pages, go_on, outbound))


def told(drafts: list[Draft]) -> list[tuple[str, str]]:
    return [(draft.title, draft.problem or draft.body) for draft in drafts]


def asked(server: Server) -> list[str]:
    return [request.target for request in server.requests]


@pytest.mark.usefixtures("loopback")
async def test_one_page_is_one_page() -> None:
    async with serving(site) as server:
        found = await read(f"{server.url}/menu")

    assert found == [("Menú", "California $120"), ("Contacto", "Tel. 55 1234 5678")]
    assert asked(server) == ["/robots.txt", "/menu"]


@pytest.mark.usefixtures("loopback")
async def test_a_site_is_read_page_by_page_and_what_it_repeats_counts_once() -> None:
    async with serving(site) as server:
        found = await read(server.url, pages=20)

    assert [title for title, _ in found] == ["Nami", "Contacto", "Menú", "Horario"]
    assert asked(server) == ["/robots.txt", "/", "/menu", "/roto", "/horario"]


@pytest.mark.usefixtures("loopback")
async def test_no_more_pages_than_were_allowed_are_read() -> None:
    async with serving(site) as server:
        await read(server.url, pages=2)

    assert asked(server) == ["/robots.txt", "/", "/menu"]


@pytest.mark.usefixtures("loopback")
async def test_somebody_may_stop_it() -> None:
    async def stop(done: int, known: int) -> bool:
        return False

    async with serving(site) as server:
        await crawl.read(server.url, 20, stop)

    assert asked(server) == ["/robots.txt", "/"]


@pytest.mark.usefixtures("loopback")
async def test_what_robots_txt_closes_is_not_asked_for() -> None:
    async with serving(site) as server:
        assert await read(f"{server.url}/privado/x") == [("", "robots")]

    assert asked(server) == ["/robots.txt"]


@pytest.mark.usefixtures("loopback")
async def test_a_pdf_at_the_address_is_read_as_a_pdf() -> None:
    from tests.knowledge.documents import pdf

    menu = pdf((20, "Rollos"), (11, "California 120 pesos"))
    async with serving(saying(menu, content_type="application/pdf")) as server:
        assert await read(f"{server.url}/menu.pdf") == [("Rollos", "California 120 pesos")]


@pytest.mark.usefixtures("loopback")
async def test_an_old_charset_is_read() -> None:
    page = "<h1>Año</h1><p>Piñata</p>".encode("latin-1")
    async with serving(saying(page, content_type="text/html; charset=ISO-8859-1")) as server:
        assert await read(server.url) == [("Año", "Piñata")]


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (saying("x", status=404), "page_refused"),
        (saying("x", content_type="image/png"), "not_a_page"),
        (redirecting("/"), "too_many_hops"),
        (redirecting("file:///etc/passwd"), "address_not_public"),
        (redirecting("http://user:pw@127.0.0.1/"), "address_not_public"),
        (saying(bomb(9_000_000), content_type="text/html", content_encoding="gzip"), "page_too_large"),
        (endless(b"x", pause=0.05), "too_slow"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_cannot_be_read_says_why(answer, code: str) -> None:
    async def behind_robots(request: Request, writer: Writer) -> None:
        await (saying("", status=404) if request.target == "/robots.txt" else answer)(request, writer)

    async with serving(behind_robots) as server:
        found = await read(server.url, outbound=Outbound(patience=1.5, largest=crawl.LARGEST, pages=True))

    assert found == [("", code)]


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("rules", ["Crawl-delay: ²", "Disallow: //[", "Request-rate: ²/³"])
async def test_rules_that_make_no_sense_close_nothing(rules: str) -> None:
    async def answer(request: Request, writer: Writer) -> None:
        said = saying(f"User-agent: *\n{rules}\n") if request.target == "/robots.txt" else html("<h1>A</h1>b")
        await said(request, writer)

    async with serving(answer) as server:
        assert await read(server.url) == [("A", "b")]


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    "to", ["http://[x", "//[", "https://xn--/", "http://1.1.1.1:99999/", "http://a b/", "//"]
)
async def test_a_way_on_that_is_no_address_ends_there(to: str) -> None:
    async def answer(request: Request, writer: Writer) -> None:
        await (saying("", status=404) if request.target == "/robots.txt" else redirecting(to))(
            request, writer
        )

    async with serving(answer) as server:
        ((_, code),) = await read(server.url)

    assert code in ("page_refused", "unreachable", "address_not_public", "too_many_hops")


async def test_a_name_with_accents_is_asked_for_as_the_net_spells_it() -> None:
    asked_for: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked_for.append(host)
        return ["127.0.0.1"]

    found = await read("https://Panadería.mx/menú", outbound=Outbound(resolve, pages=True))

    assert (asked_for, found) == (["xn--panadera-i2a.mx"], [("", "address_not_public")])


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/", "http://localhost/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
        "http://10.0.0.1/", "http://0x7f000001/", "https://192.168.1.1/", "http://[::ffff:127.0.0.1]/",
        "http://8.8.8.8:22/", "http://8.8.8.8:5432/", "http://2130706433/", "http://127.1/", "http://0177.0.0.1/",
        "http://[64:ff9b::7f00:1]/", "http://\uff11\uff12\uff17.0.0.1/", "http://127\u30020\u30020\u30021/", "file:///etc/passwd",
        "http://ana:clave@8.8.8.8/",
    ],
)  # fmt: skip
async def test_no_address_inside_is_ever_asked(address: str) -> None:
    assert await read(address) == [("", "address_not_public")]


async def test_a_public_name_that_leads_inside_is_not_followed() -> None:
    """The first hop is public by its name; its answer, by DNS, is not."""

    async def inside(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.5"]

    assert await read("http://nami.example/", outbound=Outbound(inside, pages=True)) == [
        ("", "address_not_public")
    ]


async def test_every_hop_is_checked_again() -> None:
    """A page that we may read sends us to one that we may not."""
    hops: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        hops.append(host)
        return ["127.0.0.1"] if host == "inside.example" else ["93.184.216.34"]

    class Answering(Outbound):
        async def _to(self, address, url, call, started):
            from vulkn_app.outbound import Reply

            robots = url.path == "/robots.txt"
            return Reply(404 if robots else 302, "", b"", 1, "" if robots else "http://inside.example/")

    found = await read("http://nami.example/", outbound=Answering(resolve, pages=True))

    assert found == [("", "address_not_public")]
    assert hops[-1] == "inside.example"

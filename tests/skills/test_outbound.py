"""An owner's address may point anywhere; we go only where it is harmless, and take only what fits."""

import asyncio
import datetime
import ssl
import tracemalloc
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.skills.servers import bomb, endless, saying, serving
from vulkn_app.addresses import Resolver, is_public
from vulkn_app.outbound import LARGEST, Call, Outbound, OutboundFailed
from vulkn_app.settings import settings

INSIDE = ["127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.88.99.1", "::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::127.0.0.1", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fe80::1", "fe80::1%eth0", "fd00::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "100::1", "5f00::1", "3fff::1"]  # fmt: skip
OUTSIDE = [
    "8.8.8.8",
    "93.184.216.34",
    "1.1.1.1",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1",
    "2a00:1450:4009::200e",
    "::ffff:8.8.8.8",
]
# The system's resolver takes all of these for an address inside.
DISGUISED = [
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "017700000001",
    "0x7f.1",
    "0",
    "localhost",
    "LOCALHOST",
    "127.0.0.1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "0.0.0.0",
    "169.254.169.254",
    "2852039166",
    "10.0.0.1",
    "[fd00::1]",
]


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "actions_reach_loopback", True)


def answering(*addresses: str) -> Resolver:
    async def resolve(_host: str, _port: int) -> list[str]:
        return list(addresses)

    return resolve


def a_call(url: str, *, host: str = "127.0.0.1") -> Call:
    return Call("GET", url, (host,))


async def refused(outbound: Outbound, call: Call) -> str:
    with pytest.raises(OutboundFailed) as failure:
        await outbound.send(call)
    return failure.value.why


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_on_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", DISGUISED)
async def test_no_spelling_of_an_inner_address_gets_a_connection(host: str) -> None:
    url = f"https://{host}/"
    name = Call("GET", url, ()).host

    assert await refused(Outbound(), Call("GET", url, (name,))) == "address"


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    call = Call("GET", "https://api.example.com/", ("api.example.com",))

    assert await refused(Outbound(answering(address)), call) == "address"


async def test_a_name_that_leads_inside_among_others_is_refused() -> None:
    call = Call("GET", "https://api.example.com/", ("api.example.com",))

    assert await refused(Outbound(answering("93.184.216.34", "10.0.0.1")), call) == "address"


async def test_a_name_is_looked_up_once_and_the_answer_cannot_change(loopback: None) -> None:
    """Rebinding: the first answer is fit, every later one is where the attacker wants us."""
    asked: list[str] = []
    async with serving(saying("{}")) as fit:

        async def resolve(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

        call = Call("GET", f"http://rebind.example.com:{fit.port}/", ("rebind.example.com",))
        reply = await Outbound(resolve).send(call)

    assert reply.status == 200
    assert asked == ["rebind.example.com"]
    assert fit.requests[0].headers["host"] == f"rebind.example.com:{fit.port}"


async def test_a_public_first_answer_does_not_open_a_private_second_one() -> None:
    answers = iter([["192.0.2.1"], ["127.0.0.1"]])

    async def resolve(_host: str, _port: int) -> list[str]:
        return next(answers)

    async with serving(saying("{}")) as server:
        call = Call("GET", "https://rebind.example.com/", ("rebind.example.com",))

        assert await refused(Outbound(resolve), call) == "address"
        assert server.connections == 0
        assert next(answers) == ["127.0.0.1"]  # nobody asked a second time


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/",
        "ftp://api.example.com/",
        "file:///etc/passwd",
        "gopher://api.example.com/",
        "https://user@api.example.com/",
        "https://api.example.com:25/",
        "https://api.example.com:6379/",
        "https://other.example.com/",
        "https://api.example.com.evil.test/",
        "https://evil.test/?api.example.com",
        "https://api.example.com#@evil.test/",
        "https://api.example.com\\@evil.test/",
        "https://evil.test\\.api.example.com/",
        "//api.example.com/",
        "https:///api.example.com",
        "https://api.example.com:443:80/",
        "https://api.example.com:99999/",
        "",
    ],
)
async def test_only_https_to_the_listed_name_is_looked_up(url: str) -> None:
    looked_up: list[str] = []

    async def resolve(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    assert await refused(Outbound(resolve), Call("GET", url, ("api.example.com",))) == "address"
    assert looked_up == []


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(loopback: None, status: int) -> None:
    async with serving(saying("secret")) as inside:
        moved = saying("", status=status, location=f"{inside.url}/admin")
        async with serving(moved) as server:
            assert await refused(Outbound(), a_call(server.url)) == "redirect"

    assert inside.connections == 0


async def test_a_body_that_trickles_is_cut_off_when_time_is_up(loopback: None) -> None:
    async with serving(endless(b"x", pause=0.01)) as server:
        assert await refused(Outbound(patience=0.3), a_call(server.url)) == "too_slow"


async def test_a_head_that_never_comes_is_cut_off_when_time_is_up(loopback: None) -> None:
    async with serving(lambda _request, _writer: asyncio.sleep(30)) as server:
        assert await refused(Outbound(patience=0.2), a_call(server.url)) == "too_slow"


async def test_a_look_up_that_hangs_is_cut_off_when_time_is_up() -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        await asyncio.sleep(30)
        return []

    call = Call("GET", "https://api.example.com/", ("api.example.com",))

    assert await refused(Outbound(resolve, patience=0.2), call) == "too_slow"


async def test_a_hundred_megabytes_are_not_read(loopback: None) -> None:
    async with serving(endless(bytes(64 * 1024))) as server:
        tracemalloc.start()

        assert await refused(Outbound(), a_call(server.url)) == "too_large"

        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 10 * LARGEST


async def test_a_body_that_says_it_is_too_large_is_not_read(loopback: None) -> None:
    async with serving(saying("x", content_length=str(100 * 1024 * 1024))) as server:
        assert await refused(Outbound(), a_call(server.url)) == "too_large"


async def test_the_largest_body_is_read_and_one_byte_more_is_not(loopback: None) -> None:
    async with serving(saying(bytes(LARGEST))) as server:
        assert len((await Outbound().send(a_call(server.url))).body) == LARGEST
    async with serving(saying(bytes(LARGEST + 1))) as server:
        assert await refused(Outbound(), a_call(server.url)) == "too_large"


async def test_a_zip_bomb_does_not_go_off(loopback: None) -> None:
    content = bomb(64 * 1024 * 1024)
    async with serving(saying(content, content_encoding="gzip")) as server:
        tracemalloc.start()

        assert await refused(Outbound(), a_call(server.url)) == "too_large"

        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert len(content) < LARGEST
    assert peak < 10 * LARGEST


async def test_a_zipped_body_is_unzipped(loopback: None) -> None:
    async with serving(saying(bomb(LARGEST), content_encoding="gzip")) as server:
        assert (await Outbound().send(a_call(server.url))).body == bytes(LARGEST)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"no gzip", "gzip"),
        (bomb(1000)[:-8], "gzip"),
        (b"{}", "br"),
        (bomb(10), "gzip, gzip"),
        (b"{}", "deflate"),
    ],
    ids=["not zipped", "cut off", "brotli", "zipped twice", "deflate"],
)
async def test_a_body_in_a_strange_encoding_is_unreadable(
    loopback: None, content: bytes, encoding: str
) -> None:
    async with serving(saying(content, content_encoding=encoding)) as server:
        assert await refused(Outbound(), a_call(server.url)) == "unreadable"


async def test_proxies_of_the_environment_are_not_used(
    loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(saying("proxy")) as proxy, serving(saying("direct")) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)

        reply = await Outbound().send(a_call(server.url))

    assert reply.body == b"direct"
    assert proxy.connections == 0


async def test_nobody_listening_is_unreachable(loopback: None) -> None:
    async with serving(saying("{}")) as server:
        pass

    assert await refused(Outbound(), a_call(server.url)) == "unreachable"


async def test_an_answer_that_is_no_http_is_unreachable(loopback: None) -> None:
    async def noise(_request: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")

    async with serving(noise) as server:
        assert await refused(Outbound(), a_call(server.url)) == "unreachable"


async def test_the_next_address_is_tried_when_one_takes_no_connection(loopback: None) -> None:
    async with serving(saying("{}")) as server:
        call = Call("GET", f"http://api.example.com:{server.port}/", ("api.example.com",))

        assert (await Outbound(answering("::1", "127.0.0.1")).send(call)).status == 200


async def test_the_certificate_is_checked_against_the_name_though_the_connection_goes_to_an_address(
    loopback: None, tmp_path: Path
) -> None:
    server_side, client_side = certified("api.example.com", tmp_path)
    async with serving(saying('{"ok": true}'), tls=server_side) as server:
        outbound = Outbound(answering("127.0.0.1"), client_side)
        right = Call("GET", f"https://api.example.com:{server.port}/x", ("api.example.com",))
        wrong = Call("GET", f"https://other.example.com:{server.port}/x", ("other.example.com",))

        reply = await outbound.send(right)

        assert (reply.status, reply.body) == (200, b'{"ok": true}')
        assert server.requests[0].headers["host"] == f"api.example.com:{server.port}"
        assert await refused(outbound, wrong) == "unreachable"


async def test_a_certificate_that_nobody_vouches_for_is_refused(loopback: None, tmp_path: Path) -> None:
    server_side, _ = certified("api.example.com", tmp_path)
    async with serving(saying("{}"), tls=server_side) as server:
        call = Call("GET", f"https://api.example.com:{server.port}/", ("api.example.com",))

        assert await refused(Outbound(answering("127.0.0.1")), call) == "unreachable"
        assert server.requests == []


async def test_the_log_has_host_status_and_time_and_nothing_of_what_was_said(
    loopback: None, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serving(saying('{"name": "Lucía"}')) as server:
        url = f"{server.url}/orders/A-4711?phone=5512345678"
        await Outbound().send(
            Call("POST", url, ("127.0.0.1",), {"authorization": "Bearer k3y"}, b'{"q": "w0rds"}')
        )

    told = "".join(capsys.readouterr())
    assert "outbound.call" in told
    assert "127.0.0.1" in told
    assert not [word for word in ("4711", "5512345678", "k3y", "w0rds", "Lucía", "orders") if word in told]


def certified(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's side of a certificate for `name`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(public + private)
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(folder / "server.pem")
    return server_side, ssl.create_default_context(cadata=public.decode())

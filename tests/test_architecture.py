"""The shape of the code, kept by a test."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# From the bottom up; neighbours of one line do not import each other unless one contains the other.
LAYERS = [
    ["models"],
    [
        "vulkn_app.settings",
        "vulkn_app.errors",
        "vulkn_app.i18n",
        "vulkn_app.texts",
        "vulkn_app.tls",
        "vulkn_app.contrast",
    ],
    ["vulkn_app.places"],
    [
        "vulkn_app.clients",
        "vulkn_app.metrics",
        "vulkn_app.logs",
        "vulkn_app.garbage",
        "vulkn_app.addresses",
        "vulkn_app.written",
    ],
    ["vulkn_app.db", "vulkn_app.secrets", "vulkn_app.postgrest"],
    [
        "vulkn_app.jobs",
        "vulkn_app.live",
        "vulkn_app.limits",
        "vulkn_app.pressure",
        "vulkn_app.migrate",
        "vulkn_app.outbound",
        "vulkn_app.flags",
    ],
    ["vulkn_app.auth"],
    ["vulkn_app.llm", "vulkn_app.plans"],
    ["vulkn_app.verticals"],
    [
        "vulkn_app.knowledge",
        "vulkn_app.leads",
        "vulkn_app.agents",
        "vulkn_app.branding",
        "vulkn_app.organizations",
        "vulkn_app.team",
        "vulkn_app.audit",
    ],
    ["vulkn_app.administrators"],
    ["vulkn_app.booking", "vulkn_app.payments"],
    ["vulkn_app.skills"],
    ["vulkn_app.conversations"],
    ["vulkn_app.channels", "vulkn_app.analytics"],
    ["vulkn_app.landing", "vulkn_app.onboarding"],
    ["vulkn_app.worker"],
    ["vulkn_app.api", "vulkn_app.commands", "vulkn_app.local", "vulkn_app.doctor"],
    ["vulkn_app.cli", "state"],
    ["components"],
    ["vulkn_app.pages"],
    ["vulkn_app.vulkn_app"],
]
OURS = {"models", "vulkn_app", "state", "components"}
UI = {"state", "components", "vulkn_app.pages", "vulkn_app.vulkn_app", "vulkn_app.frontend"}
SOURCES = sorted(path for top in OURS for path in (ROOT / top).rglob("*.py"))


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> list[str]:
    """Every module of ours that the file names, `from package import module` included."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return [name for name in names if name.split(".")[0] in OURS]


def layer(name: str) -> int | None:
    """How high `name` sits; None for the package itself."""
    found = [
        (len(entry), height)
        for height, line in enumerate(LAYERS)
        for entry in line
        if f"{name}.".startswith(f"{entry}.")
    ]
    return max(found)[1] if found else None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    here = layer(module(path))
    if here is None:
        return
    upward = [name for name in imported(path) if (layer(name) or 0) > here]

    assert upward == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_has_its_place(path: Path) -> None:
    name = module(path)

    assert name in ("vulkn_app", "vulkn_app.frontend", "vulkn_app.__main__") or layer(name) is not None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_interface_knows_reflex(path: Path) -> None:
    if any(f"{module(path)}.".startswith(f"{part}.") for part in UI):
        return
    tree = ast.walk(ast.parse(path.read_text()))
    names = [alias.name for node in tree if isinstance(node, ast.Import) for alias in node.names]
    tree = ast.walk(ast.parse(path.read_text()))
    names += [node.module or "" for node in tree if isinstance(node, ast.ImportFrom)]

    assert [name for name in names if name.split(".")[0] in ("reflex", "reflex_base")] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_blocks_the_event_loop(path: Path) -> None:
    """What ruff's ASYNC rules do not see: synchronous clients and sleeps anywhere in the product."""
    if module(path).startswith(("vulkn_app.local", "vulkn_app.cli")):
        return  # the launcher is no server
    text = path.read_text()

    assert [
        word
        for word in ("time.sleep(", "httpx.Client(", "rx.session(", "anthropic.Anthropic(")
        if word in text
    ] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_member_acts_as_a_member(path: Path) -> None:
    """By the bare id of a person, an administrator who stands in a client's shoes would act in their own."""
    assert "as_person(member.user_id" not in path.read_text()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400

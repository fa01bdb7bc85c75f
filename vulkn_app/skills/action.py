"""What an owner writes down about one action: where it goes, what it sends, what of the answer is told.

Placeholders stand only where a value may: a path segment, a query value, a string of the body. What fills them is
encoded for that place, so no value can change host, path or structure."""

import json
import re
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from pydantic import Field, TypeAdapter, ValidationError, field_validator, model_validator

from vulkn_app.addresses import is_public
from vulkn_app.outbound import PORTS
from vulkn_app.settings import settings
from vulkn_app.skills.base import SkillConfig
from vulkn_app.skills.vault import NAME
from vulkn_app.texts import Line, Text

Value = str | float | int | bool
PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_HOST = re.compile(
    r"^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$"
)
_OBJECT = TypeAdapter(dict[str, Any])
_SEGMENT = re.compile(r"[^/]*")
# Ours to set, or able to change what the request is.
_OUR_HEADERS = frozenset(
    ["host", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding", "accept-encoding",
     "te", "trailer", "upgrade", "expect", "keep-alive", "idempotency-key", "range", "forwarded", "x-forwarded-for"]
)  # fmt: skip


class Argument(SkillConfig):
    """What the model has to find out before it can call."""

    name: str = Field(pattern=NAME, title="skills.http_action.argument_name")
    kind: Literal["text", "number", "yes_no"] = Field(
        default="text", title="skills.http_action.argument_kind"
    )
    description: Line = Field(default="", max_length=200, title="skills.http_action.argument_description")
    required: bool = Field(default=True, title="skills.http_action.argument_required")
    choices: tuple[Line, ...] = Field(default=(), max_length=30, title="skills.http_action.argument_choices")

    @model_validator(mode="after")
    def _only_text_is_chosen(self) -> "Argument":
        if self.choices and self.kind != "text":
            raise ValueError("only a text has choices")
        return self


class Header(SkillConfig):
    """`{secret}` in the value is the secret of that name."""

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$", title="skills.http_action.header_name")
    value: str = Field(max_length=500, pattern=r"^[\x20-\x7e]*$", title="skills.http_action.header_value")
    secret: str = Field(default="", pattern=rf"{NAME}|^$", title="skills.http_action.header_secret")

    @model_validator(mode="after")
    def _is_theirs_to_set(self) -> "Header":
        if self.name.lower() in _OUR_HEADERS or self.name.lower().startswith("proxy-"):
            raise ValueError("this header is not yours to set")
        if bool(self.secret) != ("{secret}" in self.value):
            raise ValueError("{secret} stands in the value exactly when a secret is named")
        return self


class Picked(SkillConfig):
    """One line of the answer: `path` leads through the JSON, "order.items.0.name"."""

    label: Line = Field(min_length=1, max_length=60, title="skills.http_action.pick_label")
    path: str = Field(pattern=r"^[^\s.\[\]]+(\.[^\s.\[\]]+){0,9}$", title="skills.http_action.pick_path")


class Action(SkillConfig):
    name: str = Field(
        pattern=NAME, title="skills.http_action.name", description="skills.http_action.name_help"
    )
    description: Line = Field(
        min_length=10,
        max_length=400,
        title="skills.http_action.description",
        description="skills.http_action.description_help",
    )
    examples: tuple[Line, ...] = Field(
        default=(),
        max_length=10,
        title="skills.http_action.examples",
        description="skills.http_action.examples_help",
    )
    method: Literal["GET", "POST"] = Field(default="GET", title="skills.http_action.method")
    url: str = Field(
        max_length=1_000, title="skills.http_action.url", description="skills.http_action.url_help"
    )
    hosts: tuple[str, ...] = Field(
        min_length=1,
        max_length=5,
        title="skills.http_action.hosts",
        description="skills.http_action.hosts_help",
    )
    arguments: tuple[Argument, ...] = Field(default=(), max_length=12, title="skills.http_action.arguments")
    headers: tuple[Header, ...] = Field(default=(), max_length=12, title="skills.http_action.headers")
    body: Text = Field(
        default="",
        max_length=4_000,
        title="skills.http_action.body",
        description="skills.http_action.body_help",
    )
    pick: tuple[Picked, ...] = Field(
        default=(), max_length=20, title="skills.http_action.pick", description="skills.http_action.pick_help"
    )

    @field_validator("examples")
    @classmethod
    def _more_than_a_syllable(cls, examples: tuple[Line, ...]) -> tuple[Line, ...]:
        if any(len(example) < 4 for example in examples):
            raise ValueError("a phrase has at least four letters")
        return examples

    @field_validator("hosts")
    @classmethod
    def _are_names(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        lowered = tuple(host.lower() for host in hosts)
        if not all(
            _HOST.match(host) or (settings.actions_reach_loopback and not is_public(host)) for host in lowered
        ):
            raise ValueError("a host is a name such as api.example.com, without address, port or asterisk")
        return lowered

    @model_validator(mode="after")
    def _goes_where_it_may(self) -> "Action":
        parts = _parts(self.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and settings.actions_reach_loopback):
            raise ValueError("the address begins with https://")
        if parts.hostname not in self.hosts or "@" in parts.netloc or parts.fragment or "{" in parts.netloc:
            raise ValueError("the address names one of the hosts, and no user")
        if parts.port is not None and parts.port not in PORTS and not settings.actions_reach_loopback:
            raise ValueError("the port is 443 or 8443")
        if any(segment in (".", "..") for segment in parts.path.split("/")) or not parts.geturl().isascii():
            raise ValueError("the path is written out, in ASCII")
        return self

    @model_validator(mode="after")
    def _placeholders_are_arguments(self) -> "Action":
        names = [argument.name for argument in self.arguments]
        if len(set(names)) != len(names):
            raise ValueError("two arguments have the same name")
        parts = _parts(self.url)
        pairs = _pairs(parts.query)
        body = _template(self.body)
        if self.method == "GET" and self.body:
            raise ValueError("GET sends no body")
        if any("{" in key for key, _ in pairs) or any("{" in key for key in _keys(body)):
            raise ValueError("placeholders stand in values, not in names")
        in_path = set(PLACE.findall(parts.path))
        used = in_path | {name for _, value in pairs for name in PLACE.findall(value)} | set(_placed(body))
        if used - set(names):
            raise ValueError(f"no such argument: {', '.join(sorted(used - set(names)))}")
        if any(argument.name in in_path and not argument.required for argument in self.arguments):
            raise ValueError("what stands in the path is required")
        if re.search(r"[{}]", PLACE.sub("", parts.path + "".join(value for _, value in pairs))):
            raise ValueError("a placeholder looks like {this}")
        return self

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset(header.secret for header in self.headers if header.secret)

    def url_for(self, values: dict[str, Value]) -> str:
        """Raises ValueError for a value that has no place in a path."""
        parts = _parts(self.url)
        path = _SEGMENT.sub(lambda segment: _segment(segment.group(), values), parts.path)
        pairs = [
            (key, PLACE.sub(lambda place: _worded(values[place[1]]), value))
            for key, value in _pairs(parts.query)
            if all(name in values for name in PLACE.findall(value))
        ]
        return urlunsplit((parts.scheme, parts.netloc, path or "/", urlencode(pairs, quote_via=quote), ""))

    def body_for(self, values: dict[str, Value]) -> bytes | None:
        """JSON; without a template of the owner's, the arguments themselves."""
        if self.method == "GET":
            return None
        filled = _filled(_template(self.body), values) if self.body else values
        return json.dumps(filled, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _parts(url: str) -> Any:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as problem:
        raise ValueError("this is no address") from problem
    if re.search(r"[\x00-\x20\x7f\\<>\"^`|]", url):
        raise ValueError("this is no address")
    return parts


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def _template(body: str) -> dict[str, Any]:
    try:
        return _OBJECT.validate_json(body) if body else {}
    except ValidationError as problem:
        raise ValueError("the body is a JSON object") from problem


def _keys(node: Any) -> list[str]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    own = list(node) if isinstance(node, dict) else []
    return own + [key for child in children for key in _keys(child)]


def _placed(node: Any) -> list[str]:
    if isinstance(node, str):
        return PLACE.findall(node)
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [name for child in children for name in _placed(child)]


def _filled(node: Any, values: dict[str, Value]) -> Any:
    """A string that is one placeholder becomes the value itself; an optional one that is missing, null."""
    if isinstance(node, dict):
        return {key: _filled(child, values) for key, child in node.items()}
    if isinstance(node, list):
        return [_filled(child, values) for child in node]
    if not isinstance(node, str):
        return node
    if alone := PLACE.fullmatch(node):
        return values.get(alone[1])
    return PLACE.sub(lambda place: _worded(values.get(place[1], "")), node)


def _segment(segment: str, values: dict[str, Value]) -> str:
    """Servers decode %2F and resolve dots at different moments, so a value may hold neither."""
    if not PLACE.search(segment):
        return segment
    worded = PLACE.sub(lambda place: _worded(values[place[1]]), segment)
    plain_parts = PLACE.sub("", segment)
    if re.search(r"[/\\\x00-\x1f\x7f]|\.\.", worded) or worded in ("", ".") or worded == plain_parts:
        raise ValueError("not a value for a path")
    return PLACE.sub(lambda place: quote(_worded(values[place[1]]), safe=""), segment)


def _worded(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)

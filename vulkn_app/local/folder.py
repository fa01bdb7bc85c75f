"""The data folder of the embedded stack: where things lie, who may use it now, and its keys (mode 0600)."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_serializer

from vulkn_app.local.failure import StackFailed


def _random(prefix: str = "") -> SecretStr:
    return SecretStr(prefix + secrets.token_urlsafe(32))


class Keys(BaseModel):
    """Random, made on first use, kept with the data that they open."""

    postgres_password: SecretStr = Field(default_factory=_random)
    auth_password: SecretStr = Field(default_factory=_random)
    jwt_secret: SecretStr = Field(default_factory=_random)
    publishable_key: SecretStr = Field(default_factory=lambda: _random("sb_publishable_"))
    secret_key: SecretStr = Field(default_factory=lambda: _random("sb_secret_"))
    vulkn_secret_key: SecretStr = Field(default_factory=_random)

    @field_serializer("*", when_used="json")
    def _plain(self, value: SecretStr) -> str:
        return value.get_secret_value()


class Stack(BaseModel):
    """What a running embedded stack tells the other commands of this data folder."""

    database_url: SecretStr
    supabase_url: str | None = None
    public_url: str | None = None

    @field_serializer("database_url", when_used="json")
    def _plain(self, value: SecretStr) -> str:
        return value.get_secret_value()


class DataFolder:
    """One folder, one stack at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self.postgres = self.path / "postgres"
        self.mail = self.path / "mail"
        self.logs = self.path / "logs"
        self._stack = self.path / "stack.json"

    def create(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.logs.mkdir(exist_ok=True)
            self.mail.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StackFailed(f"The data folder {self.path} cannot be used: {error.strerror}.") from error

    def keys(self) -> Keys:
        file = self.path / "secrets.json"
        try:
            keys = Keys.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            keys = Keys()
        except ValidationError as error:
            raise StackFailed(f"{file} is damaged; restore it from a backup.") from error
        _write_private(file, keys.model_dump_json(indent=2))
        return keys

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps every other stack off this folder; the kernel lets go when we die, however we die."""
        with (self.path / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StackFailed(
                    f"The data folder {self.path} is in use by a running `vulkn up`; stop it, or pass another --data."
                ) from None
            try:
                yield
            finally:
                self._stack.unlink(missing_ok=True)

    def announce(self, stack: Stack) -> None:
        _write_private(self._stack, stack.model_dump_json())

    def running(self) -> Stack | None:
        """The stack that serves this folder now. A file left by a killed one does not count."""
        try:
            with (self.path / "lock").open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
        except FileNotFoundError:
            return None
        except BlockingIOError:
            return Stack.model_validate_json(self._stack.read_bytes()) if self._stack.exists() else None


def _write_private(file: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    half = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
        output.write(text)
    half.replace(file)

"""A connected number, and Meta's secret."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from tests.channels.whatsapp.meta import SECRET, VERIFY_TOKEN, Line, a_line
from vulkn_app.channels.whatsapp import numbers, receive
from vulkn_app.settings import settings


@pytest.fixture(autouse=True)
def secrets_of_meta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "whatsapp_app_secret", SecretStr(SECRET))
    monkeypatch.setattr(settings, "whatsapp_verify_token", SecretStr(VERIFY_TOKEN))
    monkeypatch.setattr(settings, "transcription_base_url", None)
    receive._owners.clear()
    numbers._known.clear()


@pytest.fixture
def line(deployment: None, no_model: None, database_url: str) -> Iterator[Line]:
    made = a_line(database_url)
    yield made
    made.run("update whatsapp_events set state = 'done' where state <> 'done'")  # no other test's work

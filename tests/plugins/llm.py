"""Fixtures for whatever talks to a model: a provider on loopback, and short tempers."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from tests.fakes.llm import FakeLLM, running
from vulkn_app import llm
from vulkn_app.settings import settings


@pytest.fixture
async def fake_llm(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeLLM]:
    """Claude's API, here; also OpenAI's for a test that sets `settings.openai_api_key`."""
    llm.reset_breakers()
    async with running() as fake:
        monkeypatch.setattr(settings, "anthropic_base_url", fake.url)
        monkeypatch.setattr(settings, "anthropic_api_key", SecretStr("sk-ant-fake"))
        monkeypatch.setattr(settings, "openai_base_url", f"{fake.url}/v1")
        monkeypatch.setattr(settings, "openai_api_key", None)
        monkeypatch.setattr(settings, "openclaw_base_url", None)
        yield fake
        await llm.close()
    llm.reset_breakers()


@pytest.fixture
def openai_too(fake_llm: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> FakeLLM:
    """The OpenAI-compatible provider stands behind Claude."""
    monkeypatch.setattr(settings, "openai_api_key", SecretStr("sk-fake"))
    return fake_llm


@pytest.fixture
def openclaw_too(openai_too: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> FakeLLM:
    """Behind them both, a gateway."""
    monkeypatch.setattr(settings, "openclaw_base_url", openai_too.url)
    monkeypatch.setattr(settings, "openclaw_token", SecretStr("claw-fake"))
    return openai_too


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key at all: rehearsal."""
    llm.reset_breakers()
    monkeypatch.setattr(settings, "anthropic_api_key", None)
    monkeypatch.setattr(settings, "openai_api_key", None)
    monkeypatch.setattr(settings, "openclaw_base_url", None)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are over in a blink, so that a test of a hang does not hang."""
    monkeypatch.setattr(settings, "llm_first_token_timeout", timedelta(seconds=0.3))
    monkeypatch.setattr(settings, "llm_gap_timeout", timedelta(seconds=0.3))
    monkeypatch.setattr(settings, "llm_total_timeout", timedelta(seconds=2))

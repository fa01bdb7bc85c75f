"""Everything the environment may say. Nothing else in the project reads it."""

from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every default is safe on a laptop; durations are timedeltas, secrets never print."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

    database_url: str | None = None
    supabase_url: str | None = None
    supabase_publishable_key: str | None = None
    supabase_secret_key: SecretStr | None = None
    redis_url: str | None = None

    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str = "https://api.anthropic.com"
    anthropic_model: str = "claude-haiku-5-5"
    openai_api_key: SecretStr | None = None
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-5-mini"

    vulkn_secret_key: SecretStr | None = None
    vulkn_public_url: str | None = None
    vulkn_data_dir: Path = ROOT / ".vulkn"

    llm_connect_timeout: timedelta = timedelta(seconds=2)
    llm_first_token_timeout: timedelta = timedelta(seconds=6)
    llm_gap_timeout: timedelta = timedelta(seconds=6)
    llm_total_timeout: timedelta = timedelta(seconds=25)
    llm_max_tokens: int = 1024

    database_pool_size: int = 10
    database_call_timeout: timedelta = timedelta(seconds=3)
    outside_call_timeout: timedelta = timedelta(seconds=10)
    session_lifetime: timedelta = timedelta(days=7)
    turn_lease: timedelta = timedelta(seconds=45)
    shutdown_grace: timedelta = timedelta(seconds=20)
    trusted_proxies: int = 0
    visitor_messages_per_minute: int = 20
    address_messages_per_minute: int = 240
    worker_inside: bool = True
    log_json: bool = False

    @property
    def embedded(self) -> bool:
        """Whether `up` has to bring its own PostgreSQL and Supabase."""
        return not (self.database_url and self.supabase_url)


settings = Settings()

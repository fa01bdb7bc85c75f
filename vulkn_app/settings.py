"""Everything the environment may say. Nothing else in the project reads it."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent

Provider = Literal["claude", "openai", "openclaw"]


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
    openclaw_base_url: str | None = None
    openclaw_token: SecretStr | None = None
    openclaw_model: str = "openclaw"

    # Any server with OpenAI's /embeddings; without it, knowledge is searched by its words.
    embeddings_base_url: str | None = None
    embeddings_api_key: SecretStr | None = None
    embeddings_model: str | None = None
    # Asked of the model when it can; 0: as long as it makes them.
    embeddings_dimensions: int = 256
    # The cosine from which an entry is taken to answer a question: the model's own matter.
    embeddings_enough: float = 0.5
    embeddings_question_timeout: timedelta = timedelta(milliseconds=800)
    # How long a question in the other language may take to be translated for finding; 0: never is.
    question_translation_timeout: timedelta = timedelta(seconds=1.5)

    # Meta's Graph API, or a fake of it.
    whatsapp_graph_url: str = "https://graph.facebook.com"
    whatsapp_graph_version: str = "v25.0"
    # Several Meta apps: their secrets separated by commas. Without one, no delivery is believed.
    whatsapp_app_secret: SecretStr | None = None
    whatsapp_verify_token: SecretStr | None = None
    # Embedded Signup: our app at Meta, and the configuration of its window. Without them numbers are connected by hand.
    whatsapp_app_id: str | None = None
    whatsapp_signup_config: str | None = None

    # Any server with OpenAI's /audio/transcriptions; without it, whoever sends a voice note is asked to write.
    transcription_base_url: str | None = None
    transcription_api_key: SecretStr | None = None
    transcription_model: str = "whisper-1"
    transcription_timeout: timedelta = timedelta(seconds=20)

    vulkn_secret_key: SecretStr | None = None
    vulkn_public_url: str | None = None
    # Where people write to whoever runs this deployment: shown on the landing page and in the privacy notice.
    vulkn_contact: str | None = None
    vulkn_data_dir: Path = ROOT / ".vulkn"

    llm_order: Annotated[tuple[Provider, ...], NoDecode] = ("claude", "openai", "openclaw")
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
    delivery_timeout: timedelta = timedelta(seconds=15)
    delivery_lease: timedelta = timedelta(seconds=60)
    # How long the agent waits for the rest of a burst, as a share of conversations/bursts.py's figures; 0: not.
    burst_patience: float = 1.0
    # So many messages of one visitor in a minute are a machine's (OpenClaw's figure).
    loop_guard_messages: int = 20
    # What a turn is taken to cost while it runs, in millionths of a dollar.
    turn_reserve_micro_usd: int = 20_000
    shutdown_grace: timedelta = timedelta(seconds=20)
    trusted_proxies: int = 0
    visitor_messages_per_minute: int = 20
    address_messages_per_minute: int = 240
    visitor_reads_per_minute: int = 120
    address_reads_per_minute: int = 1200
    address_streams_at_once: int = 300
    address_sockets_per_minute: int = 240
    address_strangers_at_once: int = 60
    # Who takes the money for plans. Nobody, unless it is said here: `fake` takes none and says so on its pages.
    payments_provider: Literal["fake"] | None = None
    # Tests and a developer's own services: actions may call http and this machine. Never on a server.
    actions_reach_loopback: bool = False
    worker_inside: bool = True
    log_json: bool = False

    @field_validator("llm_order", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """`LLM_ORDER=openai,claude`"""
        if isinstance(value, str):
            return [name.strip() for name in value.split(",") if name.strip()]
        return value

    @property
    def embedded(self) -> bool:
        """Whether `up` has to bring its own PostgreSQL and Supabase."""
        return not (self.database_url and self.supabase_url)


settings = Settings()

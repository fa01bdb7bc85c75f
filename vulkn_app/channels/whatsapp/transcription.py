"""A voice note in words, by any server that speaks OpenAI's `/audio/transcriptions`; without TRANSCRIPTION_* there is
none. Neither the sound nor the words get into a log."""

import httpx
import structlog

from vulkn_app import clients
from vulkn_app.i18n import Language
from vulkn_app.settings import settings
from vulkn_app.texts import clean

log = structlog.get_logger()

LONGEST = 4096  # characters that count as one message
# Servers tell the format by the name.
_ENDINGS = {
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/amr": "amr",
}


class NotHeard(Exception):
    """No words: the server is away, or heard nothing."""


def configured() -> bool:
    return bool(settings.transcription_base_url)


async def words(sound: bytes, mime: str, language: Language) -> str:
    """Raises NotHeard."""
    key = settings.transcription_api_key
    bare = mime.partition(";")[0].strip().lower()
    form = {"model": settings.transcription_model, "language": language, "response_format": "json"}
    try:
        answer = await clients.http().post(
            f"{str(settings.transcription_base_url).rstrip('/')}/audio/transcriptions",
            data=form,
            files={"file": (f"voice.{_ENDINGS.get(bare, 'ogg')}", sound, bare or "audio/ogg")},
            headers={"authorization": f"Bearer {key.get_secret_value()}"} if key else {},
            timeout=settings.transcription_timeout.total_seconds(),
        )
        answer.raise_for_status()
        told = answer.json()["text"]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as problem:
        log.warning("transcription.away", kind=type(problem).__name__)
        raise NotHeard from problem
    text = clean(told)[:LONGEST].strip() if isinstance(told, str) else ""
    if not text:
        raise NotHeard
    return text

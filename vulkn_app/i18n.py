"""The interface's words: one catalogue a language, in locales/. Spanish first."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Literal

Language = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = ("es", "en")
LOCALES = Path(__file__).parent / "locales"


@lru_cache
def catalogue(language: Language) -> dict[str, str]:
    """Every file of the language in one: locales/es/*.json, keys such as `leads.empty.title`."""
    words: dict[str, str] = {}
    for path in sorted((LOCALES / language).glob("*.json")):
        words |= {f"{path.stem}.{key}": text for key, text in json.loads(path.read_text()).items()}
    return words


def t(key: str, language: Language = "es", **values: str) -> str:
    """The words for `key`; raises KeyError for a key that no catalogue has."""
    return catalogue(language)[key].format(**values) if values else catalogue(language)[key]


def sentence(code: str, language: Language = "es", **values: str) -> str:
    """An error's code in words; a code without words of its own reads as the general one."""
    known = catalogue(language)
    return known.get(f"errors.{code}", known["errors.error"]).format(**values)

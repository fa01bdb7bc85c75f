"""Short names by which a configuration's own parts are called: forms, questions."""

import re
from collections.abc import Mapping
from typing import Any

from vulkn_app.llm.smalltalk import plain

SHORT_NAME = r"^[a-z][a-z0-9_]{0,39}$"


def with_key(given: Any, words: str) -> Any:
    """A configuration as it was typed, with a key made of its field `words` where nobody wrote one."""
    if not isinstance(given, Mapping) or given.get("key"):
        return given
    made = re.sub(r"[^a-z0-9]+", "_", plain(str(given.get(words, "")))).strip("_")
    return {**given, "key": (made if made[:1].isalpha() else f"q_{made}")[:40].strip("_")}

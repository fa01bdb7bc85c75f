"""A preview shows what was written and can do nothing."""

from html.parser import HTMLParser

import pytest

from vulkn_app.knowledge.preview import TAGS, html


class Seen(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, str | None] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= dict(attrs)


def test_what_answers_use_is_drawn() -> None:
    drawn = html("**Sí**\n\n- uno\n- dos\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[sitio](https://sol.test)")

    for piece in ("<strong>Sí</strong>", "<li>uno</li>", "<td>2</td>", 'href="https://sol.test"', "noopener"):
        assert piece in drawn


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.test/track.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        '<a href="https://x.test" onclick="alert(1)">x</a>',
        "<style>*{display:none}</style><iframe src=//evil.test></iframe>",
        '[x](https://x.test "a\\" onmouseover=alert(1)")',
    ],
)
def test_nothing_in_it_acts(text: str) -> None:
    seen = Seen(html(text))

    assert seen.tags <= TAGS
    assert seen.attributes.keys() <= {"href", "rel", "target", "title"}
    assert (seen.attributes.get("href") or "https:").startswith("https:")

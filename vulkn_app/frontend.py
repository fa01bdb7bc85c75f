"""What the build of the front end needs: the type family, served by us, and the theme's three choices."""

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex_base.plugins.base import Plugin

FONT = "@fontsource-variable/inter"
# In assets/; Reflex copies them beside the plugins' own.
STYLESHEETS = ["/theme.css"]


class FontPlugin(Plugin):
    """Inter as a variable font, from npm: no request leaves for a font host."""

    def get_frontend_dependencies(self, **context: Any) -> list[str]:
        return [f"{FONT}@5.3.0"]

    def get_stylesheet_paths(self, **context: Any) -> Sequence[str]:
        return [f"{FONT}/index.css"]


def plugins() -> list[Plugin]:
    """For rxconfig. Sand greys are what makes the calm warm; iris is the one accent."""
    theme = rx.theme(accent_color="iris", gray_color="sand", radius="large", has_background=False)
    return [rx.plugins.RadixThemesPlugin(theme=theme), FontPlugin()]

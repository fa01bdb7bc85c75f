"""What Reflex wraps around every page, in our words and our look: the notices of a lost connection and of a newer
version, and the page that is shown when a page breaks. For `rx.App(app_wraps=...)`."""

from collections.abc import Callable

import reflex as rx
from reflex_base.components.memo import memo
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.core.banner import has_too_many_connection_errors

from components.words import t

Wraps = dict[tuple[int, str], Callable[[bool], rx.Component | None]]


def app_wraps() -> Wraps:
    """Reflex's own two, replaced; the numbers are its nesting order."""
    return {
        (55, "ErrorBoundary"): lambda stateful: ErrorBoundary.create(fallback_render=_broken()),
        (5, "Overlay"): lambda stateful: rx.fragment(memo(notices)()) if stateful else None,
    }


def toaster() -> rx.Component:
    """At the top, where nothing is typed and nothing is sent, and one at a time: a pile would reach down to
    what is. theme.css says where exactly."""
    return rx.toast.provider(position="top-center", visible_toasts=1, expand=False)


def notices() -> rx.Component:
    return rx.fragment(_offline(), _newer())


def _offline() -> rx.Component:
    """Nothing for a short hiccup: the socket comes back by itself."""
    notice = rx.el.div(
        rx.el.span(class_name="spin", aria_hidden=True), t("nav.offline"), role="status", class_name="offline"
    )
    return rx.cond(has_too_many_connection_errors, notice)


def _newer() -> rx.Component:
    """Stands in for Reflex's own bar, which speaks English only: theme.css shows this one when that one is there."""
    return rx.el.div(
        t("nav.newer"),
        rx.el.a(t("nav.reload"), href="", class_name="newer-reload"),
        role="status",
        class_name="offline newer",
    )


def _broken() -> rx.Var:
    """In both languages: here the browser's choice cannot be read."""
    page = rx.el.main(
        rx.el.div(
            rx.el.h1("Algo falló al mostrar esta página", class_name="subtitle"),
            rx.el.p("Something went wrong while showing this page.", lang="en", class_name="soft small"),
            rx.el.a("Volver a cargar · Reload", href="", class_name="button button-primary"),
            class_name="empty",
        ),
        class_name="lonely",
    )
    return rx.vars.function.ArgsFunctionOperation.create(("problem",), rx.Var.create(page))

"""What comes with a message beside its text: files, a place, a card, an order, what it answers."""

from typing import Any

import reflex as rx

from components.ui.button import out
from components.ui.icon import glyph
from components.words import choice, t
from vulkn_app.conversations.contents import Ad, Card, Line, More
from vulkn_app.conversations.rows import FileRow, MessageRow, Quote

KINDS = ("image", "audio", "video", "sticker", "document", "location", "contacts", "order", "template")
MEDIA = ("image", "audio", "video", "sticker")


def quoted(quote: rx.vars.ObjectVar[Quote]) -> rx.Component:
    """The message that this one answers, small above it."""
    return rx.el.blockquote(
        rx.el.span(
            choice(quote.sender, "inbox.quoted_", "visitor", "agent", "human", "system"),
            class_name="strong tiny",
        ),
        rx.el.span(quote.text, class_name="clip-2 small"),
        class_name="quoted",
    )


def files(message: rx.vars.ObjectVar[MessageRow]) -> rx.Component:
    return rx.cond(message.files.length() > 0, rx.foreach(message.files, _file))


def enclosed(more: rx.vars.ObjectVar[More]) -> rx.Component:
    """A place, cards, an order, the answers of a form."""
    return rx.fragment(
        rx.cond(more.place, _place(more.place)),
        rx.cond(more.cards.length() > 0, rx.foreach(more.cards, _card)),
        rx.cond(more.order.length() > 0, _lines(t("inbox.order"), "shopping-bag", more.order)),
        rx.cond(more.form.length() > 0, _lines(t("inbox.form"), "clipboard-list", more.form)),
    )


def from_ad(ad: rx.vars.ObjectVar[Ad]) -> rx.Component:
    """What made them write, above what they wrote."""
    words = rx.cond(ad.headline != "", ad.headline, t("inbox.ad_without_name"))
    return rx.el.div(
        glyph("megaphone", "small"),
        rx.el.span(t("inbox.from_ad"), " ", rx.el.span(words, class_name="strong")),
        rx.cond(ad.url != "", out(t("inbox.see_ad"), href=ad.url, class_name="link")),
        class_name="from-ad tiny",
    )


def _file(file: rx.vars.ObjectVar[FileRow]) -> rx.Component:
    address = "/api/attachments/" + file.id.to_string(use_json=False)
    shown = rx.match(
        file.state,
        (
            "stored",
            rx.match(
                file.kind,
                ("image", _picture(file, address)),
                (
                    "sticker",
                    rx.el.img(src=address, alt=t("inbox.kind_sticker"), loading="lazy", class_name="sticker"),
                ),
                ("audio", _sound(file, address)),
                ("video", rx.el.video(src=address, controls=True, preload="metadata", class_name="picture")),
                _document(file, address),
            ),
        ),
        ("pending", _missing("loader", t("inbox.file_pending"))),
        _missing("file-x", t("inbox.file_failed")),
    )
    return rx.fragment(shown)


def _picture(file: Any, address: Any) -> rx.Component:
    return out(
        rx.el.img(src=address, alt=t("inbox.kind_image"), loading="lazy", class_name="picture"),
        href=address,
        aria_label=t("inbox.open_picture"),
        class_name="picture-link",
    )


def _sound(file: Any, address: Any) -> rx.Component:
    return rx.el.div(
        rx.el.audio(src=address, controls=True, preload="metadata", class_name="sound"),
        rx.cond(
            file.transcript != "",
            rx.el.div(
                rx.el.span(glyph("audio-lines", "tiny"), t("inbox.transcript"), class_name="tiny line snug"),
                rx.el.p(file.transcript, class_name="small prose", dir="auto"),
                class_name="transcript",
            ),
        ),
        class_name="stack-tight",
    )


def _document(file: Any, address: Any) -> rx.Component:
    name = rx.cond(file.filename != "", file.filename, t("inbox.kind_document"))
    return rx.el.a(
        glyph("file-text"),
        rx.el.span(
            rx.el.span(name, class_name="strong small clip-2"),
            rx.el.span(file.weight, class_name="tiny"),
            class_name="stack-none grow",
        ),
        glyph("download", "small"),
        href=address,
        download=file.filename,
        class_name="paper",
    )


def _missing(icon: str, words: Any) -> rx.Component:
    return rx.el.span(glyph(icon, "small"), words, class_name="line snug small")


def _place(place: Any) -> rx.Component:
    name = rx.cond(place.name != "", place.name, t("inbox.kind_location"))
    return out(
        glyph("map-pin"),
        rx.el.span(
            rx.el.span(name, class_name="strong small"),
            rx.cond(place.address != "", rx.el.span(place.address, class_name="tiny")),
            rx.el.span(t("inbox.open_map"), class_name="tiny under"),
            class_name="stack-none grow",
        ),
        href=place.url,
        class_name="paper",
    )


def _card(card: rx.vars.ObjectVar[Card]) -> rx.Component:
    return rx.el.div(
        glyph("contact-round"),
        rx.el.span(
            rx.el.span(card.name, class_name="strong small"),
            rx.cond(
                card.phone != "",
                rx.el.a(card.phone, href="tel:" + card.phone.to(str), class_name="tiny under number"),
            ),
            class_name="stack-none grow",
        ),
        class_name="paper",
    )


def _lines(title: Any, icon: str, lines: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(glyph(icon, "small"), title, class_name="strong small line snug"),
        rx.el.dl(rx.foreach(lines, _line), class_name="lines small"),
        class_name="paper paper-tall",
    )


def _line(line: rx.vars.ObjectVar[Line]) -> rx.Component:
    return rx.fragment(rx.el.dt(line.what), rx.el.dd(line.how_much, class_name="number"))

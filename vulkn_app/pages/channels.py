"""/app/channels"""

import reflex as rx

from components.channels import channels
from state.channels import ChannelsState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(route="/app/channels", title=t("channels.page"), on_load=[SessionState.load, ChannelsState.load])
def channels_page() -> rx.Component:
    return channels()

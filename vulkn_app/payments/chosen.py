"""Which provider takes the money here: the one place that names them."""

from vulkn_app.payments.fake import FakeProvider
from vulkn_app.payments.seam import Provider
from vulkn_app.settings import settings


def provider() -> Provider | None:
    """None: nobody takes money here, and plans are given by whoever runs this."""
    return FakeProvider() if settings.payments_provider == "fake" else None


def trial_provider() -> FakeProvider | None:
    """The one whose pages are ours."""
    found = provider()
    return found if isinstance(found, FakeProvider) else None

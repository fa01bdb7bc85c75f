"""Points this process at the embedded stack: at the one of a running `up`, or at its database alone."""

import asyncio
import atexit
from contextlib import ExitStack

from pydantic import SecretStr

from vulkn_app.local.bootstrap import bootstrap
from vulkn_app.local.failure import StackFailed
from vulkn_app.local.folder import DataFolder, Keys, Stack
from vulkn_app.local.postgres import Postgres
from vulkn_app.migrate import migrate
from vulkn_app.settings import Settings, settings


def ensure() -> None:
    """For commands of the shell: with no `up` running, PostgreSQL lives as long as this process."""
    folder = DataFolder(settings.vulkn_data_dir)
    folder.create()
    stack = folder.running()
    if stack is None:
        stack = _database_for_this_process(folder)
    use(stack, folder.keys())


def use(stack: Stack, keys: Keys) -> None:
    """Changes the settings in place; what the environment says about our own key wins."""
    settings.database_url = stack.database_url.get_secret_value()
    settings.vulkn_secret_key = settings.vulkn_secret_key or keys.vulkn_secret_key
    settings.vulkn_public_url = settings.vulkn_public_url or stack.public_url
    # On one's own machine the whole way to a paid plan can be tried; nobody is charged.
    settings.payments_provider = settings.payments_provider or "fake"
    if stack.supabase_url:
        settings.supabase_url = stack.supabase_url
        settings.supabase_publishable_key = keys.publishable_key.get_secret_value()
        settings.supabase_secret_key = keys.secret_key


def variables(chosen: Settings) -> dict[str, str]:
    """The same for child processes."""

    def plain(secret: SecretStr | None) -> str | None:
        return secret.get_secret_value() if secret else None

    named = {
        "DATABASE_URL": chosen.database_url,
        "SUPABASE_URL": chosen.supabase_url,
        "SUPABASE_PUBLISHABLE_KEY": chosen.supabase_publishable_key,
        "SUPABASE_SECRET_KEY": plain(chosen.supabase_secret_key),
        "VULKN_SECRET_KEY": plain(chosen.vulkn_secret_key),
        "PAYMENTS_PROVIDER": chosen.payments_provider,
        "VULKN_PUBLIC_URL": chosen.vulkn_public_url,
        "VULKN_DATA_DIR": str(chosen.vulkn_data_dir.expanduser().resolve()),
    }
    return {name: value for name, value in named.items() if value}


def _database_for_this_process(folder: DataFolder) -> Stack:
    holding = ExitStack()
    try:
        holding.enter_context(folder.held())
    except StackFailed:
        raise StackFailed("`vulkn up` is starting on this data folder; try again when it is ready.") from None
    server = Postgres(
        folder.postgres, password=folder.keys().postgres_password, log=folder.logs / "postgres.log"
    )

    def end() -> None:
        asyncio.run(server.stop())
        holding.close()

    atexit.register(end)
    asyncio.run(_prepare(server, folder.keys()))
    return Stack(database_url=SecretStr(server.url()))


async def _prepare(server: Postgres, keys: Keys) -> None:
    await server.start()
    await bootstrap(server.url(), auth_password=keys.auth_password)
    key = settings.vulkn_secret_key or keys.vulkn_secret_key
    await migrate(server.url(), secret_key=key.get_secret_value())

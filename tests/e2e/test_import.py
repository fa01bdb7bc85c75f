"""An owner brings a price list and a broken file on a phone, leaves a row out, and the agent knows the rest."""

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, sign_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRICES = "Servicio;Precio\nMasaje sueco;$650\nReflexología;$480\n;$10\n".encode("cp1252")


async def test_a_price_list_comes_in_on_a_phone(new_page: NewPage, picture: Picture) -> None:
    phone = await new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    await sign_up(phone, an_email("ana"))
    await phone.goto("/app/knowledge/")
    await phone.get_by_role("link", name="Importar").first.click()
    await expect(phone.get_by_text("Aún no has importado nada")).to_be_visible()
    await picture(phone, "empty")

    files = [
        {"name": "precios.csv", "mimeType": "text/csv", "buffer": PRICES},
        {"name": "roto.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"},
        {"name": "enorme.pdf", "mimeType": "application/pdf", "buffer": b"0" * 20_000_001},
    ]
    await phone.get_by_label("Elegir archivos").set_input_files(files)  # pyright: ignore[reportArgumentType]
    await expect(phone.get_by_text("El archivo pesa más de 20 MB.")).to_be_visible()
    await expect(phone.get_by_text("El archivo está dañado y no se puede leer.")).to_be_visible()
    await phone.get_by_role("button", name="Revisar").click()
    await expect(phone.get_by_text("Falta el título.")).to_be_visible()
    await phone.get_by_label("Guardar «Reflexología»").click()
    await expect(phone.get_by_text("No se guardará")).to_be_visible()
    await picture(phone, "review")
    await phone.get_by_role("button", name="Guardar 1 entrada").click()
    await expect(phone.get_by_text("1 entrada nueva o cambiada")).to_be_visible()
    await picture(phone, "done")

    await phone.get_by_role("link", name="Entradas").click()
    await expect(phone.get_by_text("Masaje sueco").first).to_be_visible()
    await expect(phone.get_by_text("Reflexología")).to_have_count(0)

    await phone.get_by_role("link", name="Importar").first.click()
    await phone.get_by_role("button", name="Borrar «precios.csv»").click()
    await expect(phone.get_by_text("Lo que tú escribiste se queda.")).to_be_visible()
    await picture(phone, "delete")
    await phone.get_by_role("button", name="Eliminar").click()
    await expect(phone.get_by_text("Aún no has importado nada")).to_be_visible()
    await phone.get_by_role("button", name="Deshacer").click()
    await expect(phone.get_by_role("button", name="Borrar «precios.csv»")).to_be_visible()

    await phone.get_by_role("button", name="Borrar «precios.csv»").click()
    await phone.get_by_role("switch", name="Borrar para siempre").click()
    await expect(phone.get_by_text("No se puede deshacer.")).to_be_visible()
    await picture(phone, "for-good")
    await phone.get_by_role("alertdialog").get_by_role("button", name="Borrar para siempre").click()
    await expect(phone.get_by_text("«precios.csv» borrado para siempre")).to_be_visible()
    await expect(phone.get_by_role("button", name="Deshacer")).to_have_count(0)

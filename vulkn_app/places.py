"""Countries where businesses found themselves here, with their clocks and their money.

Zones are IANA's, the most peopled first; currencies ISO 4217's. Ecuador, El Salvador and Panama pay in dollars."""

from dataclasses import dataclass

from vulkn_app.errors import BadInput


@dataclass(frozen=True)
class Country:
    """`zones`: the clock and the place that people know it by; the first is most people's."""

    code: str
    currency: str
    zones: tuple[tuple[str, str], ...]


def _argentina(city: str) -> str:
    return f"America/Argentina/{city}"


COUNTRIES: dict[str, Country] = {
    country.code: country
    for country in (
        Country(
            "MX",
            "MXN",
            (
                ("America/Mexico_City", "Ciudad de México, centro"),
                ("America/Cancun", "Cancún, Quintana Roo"),
                ("America/Hermosillo", "Hermosillo, Sonora"),
                ("America/Mazatlan", "Mazatlán, La Paz"),
                ("America/Tijuana", "Tijuana, Baja California"),
                ("America/Ciudad_Juarez", "Ciudad Juárez"),
                ("America/Matamoros", "Matamoros, Reynosa, Nuevo Laredo"),
            ),
        ),
        Country("AR", "ARS", ((_argentina("Buenos_Aires"), "Buenos Aires"),)),
        Country("BO", "BOB", (("America/La_Paz", "La Paz"),)),
        Country(
            "BR",
            "BRL",
            (
                ("America/Sao_Paulo", "São Paulo, Brasília"),
                ("America/Fortaleza", "Fortaleza, Recife"),
                ("America/Manaus", "Manaus"),
                ("America/Rio_Branco", "Rio Branco"),
            ),
        ),
        Country(
            "CL",
            "CLP",
            (
                ("America/Santiago", "Santiago"),
                ("America/Punta_Arenas", "Punta Arenas"),
                ("Pacific/Easter", "Isla de Pascua"),
            ),
        ),
        Country("CO", "COP", (("America/Bogota", "Bogotá"),)),
        Country("CR", "CRC", (("America/Costa_Rica", "San José"),)),
        Country("CU", "CUP", (("America/Havana", "La Habana"),)),
        Country("DO", "DOP", (("America/Santo_Domingo", "Santo Domingo"),)),
        Country("EC", "USD", (("America/Guayaquil", "Guayaquil, Quito"), ("Pacific/Galapagos", "Galápagos"))),
        Country("ES", "EUR", (("Europe/Madrid", "Madrid, Barcelona"), ("Atlantic/Canary", "Canarias"))),
        Country("GT", "GTQ", (("America/Guatemala", "Guatemala"),)),
        Country("HN", "HNL", (("America/Tegucigalpa", "Tegucigalpa"),)),
        Country("NI", "NIO", (("America/Managua", "Managua"),)),
        Country("PA", "USD", (("America/Panama", "Panamá"),)),
        Country("PE", "PEN", (("America/Lima", "Lima"),)),
        Country("PR", "USD", (("America/Puerto_Rico", "San Juan"),)),
        Country("PY", "PYG", (("America/Asuncion", "Asunción"),)),
        Country("SV", "USD", (("America/El_Salvador", "San Salvador"),)),
        Country(
            "US",
            "USD",
            (
                ("America/New_York", "Nueva York, Miami"),
                ("America/Chicago", "Chicago, Houston"),
                ("America/Denver", "Denver"),
                ("America/Phoenix", "Phoenix"),
                ("America/Los_Angeles", "Los Ángeles"),
            ),
        ),
        Country("UY", "UYU", (("America/Montevideo", "Montevideo"),)),
        Country("VE", "VES", (("America/Caracas", "Caracas"),)),
    )
}
CURRENCIES = tuple(sorted({country.currency for country in COUNTRIES.values()} | {"USD"}))
DEFAULT = "MX"

# Older or smaller names that a browser may still say; all of them keep the time of the one they lead to.
_ALSO = {
    "America/Buenos_Aires": _argentina("Buenos_Aires"),
    "America/Argentina/Cordoba": _argentina("Buenos_Aires"),
    "America/Argentina/Mendoza": _argentina("Buenos_Aires"),
    "America/Argentina/Tucuman": _argentina("Buenos_Aires"),
    "America/Argentina/Salta": _argentina("Buenos_Aires"),
    "America/Monterrey": "America/Mexico_City",
    "America/Merida": "America/Mexico_City",
    "America/Bahia_Banderas": "America/Mexico_City",
    "America/Chihuahua": "America/Mexico_City",
    "America/Ojinaga": "America/Chicago",
    "America/Detroit": "America/New_York",
    "America/Bahia": "America/Fortaleza",
    "America/Recife": "America/Fortaleza",
    "America/Belem": "America/Fortaleza",
    "America/Cuiaba": "America/Manaus",
    "Africa/Ceuta": "Europe/Madrid",
}
_ZONE_COUNTRY = {zone: country for country in COUNTRIES.values() for zone, _ in country.zones}


def guess(zone: str, locale: str = "") -> tuple[Country, str]:
    """The country and the clock of a browser that says it is in `zone` and reads `locale` ("es-PE"): a zone says
    where it stands, a locale only what its owner reads."""
    zone = _ALSO.get(zone, zone)
    if zone in _ZONE_COUNTRY:
        return _ZONE_COUNTRY[zone], zone
    country = COUNTRIES.get(locale.rpartition("-")[2].upper(), COUNTRIES[DEFAULT])
    return country, country.zones[0][0]


def check(country: str, zone: str, currency: str) -> None:
    """Raises BadInput for what nobody can pick."""
    known = COUNTRIES.get(country)
    if not known or currency not in CURRENCIES or zone not in dict(known.zones):
        raise BadInput

from dataclasses import replace

import pytest

from schemas.records import Incident, Publisher
from streams.domain.mentions.link_features import features
from tests.domain.telling import a_mention, run

FOOTERS = {
    "en": (
        "The Harbour Gazette has served the people of Kestrel Bay since 1887. Write to our newsroom at Old Customs House, Quay "
        "Street. Editor: Margaret Ashdown. Deputy editor: Oluwaseun Fairweather. Subscribe to our morning newsletter Tidings, and "
        "join the Gazette Club for discounts at Pemberton's Bakery and the Lyceum Theatre."
    ),
    "es": (
        "La Gaceta del Puerto sirve a los vecinos de Bahía Cernícalo desde 1887. Escriba a nuestra redacción en la Antigua Aduana, "
        "calle del Muelle. Directora: Margarita Fresneda. Subdirector: Olegario Buentiempo. Suscríbase al boletín Mareas y entre en "
        "el Club Gaceta, con descuentos en la panadería Pimentel y el teatro Liceo."
    ),
}
NOTICES = {
    "en": (
        ("Mill Lane to be resurfaced", "The road will be closed from Monday. Drivers on Mill Lane should follow the signs."),
        ("Library opens longer", "The central library will stay open until eight on weekdays, its manager announced."),
        ("Choir wins regional prize", "The Larks, a choir of pensioners, took first prize at the festival of song."),
        ("Ferry fares to rise", "The ferry company will raise fares by four percent and blames the price of fuel."),
        ("School appoints head teacher", "Jasmine Okafor will lead the primary school after the summer, governors decided."),
        ("Rare gull seen on pier", "Birdwatchers gathered on the pier to see an ivory gull, a visitor from the far north."),
    ),
    "es": (
        ("Asfaltan la calle Molino", "La calzada estará cerrada desde el lunes. Los conductores de la calle Molino verán señales."),
        ("La biblioteca abre más horas", "La biblioteca central abrirá hasta las ocho entre semana, anunció su gerente."),
        ("Premio regional para un coro", "Las Alondras, un coro de jubilados, ganó el primer premio en el festival de la canción."),
        ("Suben las tarifas del transbordador", "La naviera subirá las tarifas del transbordador un cuatro por ciento."),
        ("La escuela tiene directora", "Jazmín Ocaña dirigirá la escuela primaria después del verano, según el consejo."),
        ("Una gaviota rara en el muelle", "Los aficionados vieron en el muelle una gaviota marfileña llegada del norte."),
    ),
}  # fmt: skip


def notice(told: tuple[str, str], footer: str, number: int, lang: str):
    title, text = told
    found = features(title, f"{text} {footer}", lang)
    story = a_mention((title, text), number, role="story", family="other", subtype="human-interest", lang=lang)
    return replace(story, source=Publisher(domain="gazette.example"), origin="gazette.example", features=found)


def incidents(outputs) -> set[str]:
    return {o.incident_id for o in outputs if isinstance(o, Incident)}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_notices_of_one_paper_with_one_footer_are_incidents_of_their_own(lang):
    told = [notice(n, FOOTERS[lang], number, lang) for number, n in enumerate(NOTICES[lang])]
    assert len(incidents(run(*told)[1])) == len(told)


def test_what_a_paper_writes_under_everything_is_learnt_and_its_story_still_followed():
    told = [notice(n, FOOTERS["en"], number, "en") for number, n in enumerate(NOTICES["en"])]
    state, outputs = run(*told)
    again = ("Kestrel Bay choir sings for the king", "Pensioners of the Larks sang at the palace after their first prize at the festival of song.")  # fmt: skip
    other = ("Kestrel Bay bakery burns", "Flames destroyed an oven. Nobody was hurt, and the cause is not known.")
    _, follows = run(notice(again, FOOTERS["en"], 6, "en"), state=state)
    assert incidents(follows) == incidents(outputs[2:3])
    _, burns = run(notice(other, FOOTERS["en"], 7, "en"), state=state)
    assert not incidents(burns) & incidents(outputs)

"""Invented news without end, of the length and variety of a world feed: incidents, their follow-ups and copies, stories.

FeedInfo a third of the articles report a new incident, a quarter follow one up with other words and a higher toll, a
quarter are copies (some whole, some cut, with another paper's line in front), the rest reports no incident.
"""

import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from schemas.identity import article_id
from schemas.records import Article, Publisher

TOWNS = {
    "Ukraine": "Kharkiv Odesa Kherson Sumy Dnipro Poltava Chernihiv Mykolaiv", "Nigeria": "Maiduguri Jos Kaduna Kano Zaria Sokoto Enugu Gombe",
    "Haiti": "Port-au-Prince Jacmel Gonaïves Jérémie", "Syria": "Aleppo Homs Idlib Raqqa Latakia Palmyra",
    "Iraq": "Mosul Basra Kirkuk Fallujah Ramadi Erbil", "Pakistan": "Quetta Peshawar Karachi Multan Sukkur Gwadar",
    "Afghanistan": "Kandahar Herat Kunduz Jalalabad Ghazni Khost", "Yemen": "Taiz Aden Marib Hodeidah Ibb",
    "Somalia": "Baidoa Mogadishu Kismayo Beledweyne", "Mali": "Gao Kidal Mopti Timbuktu Bamako", "Myanmar": "Sittwe Mandalay Lashio Bago Myitkyina",
    "Colombia": "Cali Cúcuta Buenaventura Medellín Popayán", "Mexico": "Culiacán Tijuana Acapulco Morelia Reynosa Oaxaca",
    "Philippines": "Davao Cotabato Tacloban Zamboanga Marawi", "India": "Srinagar Imphal Patna Kochi Guwahati Nagpur Surat Raipur",
    "Kenya": "Garissa Mombasa Kisumu Eldoret Nakuru", "Ethiopia": "Mekelle Gondar Dessie Jimma Harar", "Sudan": "Omdurman Nyala Kassala Kosti",
    "Brazil": "Manaus Belém Recife Porto Alegre Fortaleza", "Peru": "Arequipa Cusco Puno Trujillo Ayacucho", "Ecuador": "Guayaquil Esmeraldas Cuenca Manta",
    "Indonesia": "Palu Padang Semarang Ambon Mataram Medan", "Turkey": "Diyarbakır Hatay İzmir Adana Van", "Iran": "Kerman Zahedan Shiraz Ahvaz Tabriz",
    "Bangladesh": "Sylhet Chittagong Khulna Rajshahi", "Nepal": "Pokhara Biratnagar Jumla", "China": "Lanzhou Kunming Xining Guiyang Harbin",
    "Japan": "Sendai Kumamoto Niigata Kochi", "Spain": "Valencia Murcia Bilbao Girona", "Italy": "Naples Palermo Genoa Bologna Catania",
    "Germany": "Dresden Mannheim Solingen Kassel", "France": "Marseille Nantes Lille Grenoble Toulouse", "Greece": "Volos Patras Larissa Chania",
    "Chile": "Valparaíso Temuco Concepción", "Cameroon": "Bamenda Buea Maroua", "Mozambique": "Pemba Beira Nampula", "South Africa": "Durban Polokwane Bloemfontein",
    "Libya": "Derna Misrata Sabha Benghazi", "Lebanon": "Tyre Sidon Baalbek Tripoli", "Burkina Faso": "Djibo Kaya Fada",
}  # fmt: skip
# The incident's noun, its first sentence, and how a later report tells it.
DEEDS = (
    ("Drone strike", "A drone strike on {where} in {town} killed {n} people and wounded {m}, the governor said on {day}.", "The toll of the drone strike on {town} has risen to {n} dead and {m} wounded, officials said."),
    ("Car bomb", "A car bomb exploded outside {where} in {town} on {day}, killing {n} people and injuring {m}.", "Police in {town} now count {n} dead and {m} injured after the car bomb."),
    ("Bus crash", "A bus plunged into a ravine near {town} on {day}, leaving {n} passengers dead and {m} hurt, police said.", "{n} people are now known to have died in the bus crash near {town}, with {m} in hospital."),
    ("Flash flood", "Flash floods swept through {town} after days of rain, killing at least {n} people; {m} are missing.", "Rescuers in {town} have recovered {n} bodies since the floods, and {m} people are still missing."),
    ("Landslide", "A landslide buried houses on the edge of {town} early on {day}; {n} people died and {m} were injured.", "The landslide at {town} has now claimed {n} lives, and {m} people are being treated."),
    ("Factory fire", "A fire at a textile factory in {town} killed {n} workers and injured {m} on {day}, the fire service said.", "The number of workers killed in the factory fire in {town} has climbed to {n}; {m} were hurt."),
    ("Shooting", "Gunmen opened fire at {where} in {town} on {day}, killing {n} people and wounding {m}.", "Prosecutors in {town} said {n} people had died of the shooting and {m} were wounded."),
    ("Kidnapping", "Armed men abducted {m} villagers near {town} on {day} and shot {n} dead, residents said.", "{m} villagers taken near {town} are still held, and {n} are known to have been killed, elders said."),
    ("Gas explosion", "A gas explosion tore through a hotel in {town} on {day}, killing {n} people and injuring {m}, the fire service said.", "{n} people are now known to have died in the gas explosion in {town}; {m} were injured."),
    ("Protest", "Police fired tear gas as some {k} people protested over fuel prices in {town} on {day}; {m} were arrested.", "The protests in {town} went into another day with {k} marchers, and {m} arrests were reported."),
    ("Mine collapse", "A gold mine collapsed near {town} on {day}, killing {n} miners and trapping {m}.", "{n} miners have died and {m} remain underground near {town}, the ministry of mines said."),
    ("Clashes", "Clashes between the army and militants near {town} left {n} fighters dead and {m} wounded on {day}.", "The army put the toll of the fighting near {town} at {n} dead and {m} wounded."),
    ("Train derailment", "A passenger train left the rails outside {town} on {day}; {n} people were killed and {m} injured.", "Investigators at {town} said {n} people died when the train derailed; {m} were injured."),
    ("Wildfire", "A wildfire reached the edge of {town} on {day}; {n} people died and {m} were treated for burns.", "The wildfire at {town} has killed {n} people, and {m} are treated for burns, the civil defence said."),
    ("Earthquake", "A strong earthquake shook {town} on {day}, killing {n} people and injuring {m}, the civil defence said.", "The earthquake near {town} killed {n} people, a new count shows, and {m} were hurt."),
    ("Building collapse", "A five-storey building collapsed in {town} on {day}; {n} residents died and {m} were pulled out alive.", "{n} residents died in the collapsed building in {town}, and {m} survivors are in hospital, the mayor said."),
)  # fmt: skip
STORIES = (
    ("{town} argues over {thing}", "The council of {town} put off its vote on {thing} on {day} after {m} hours of talk about {other}."),
    ("{name} wins with {thing} in {town}", "{name} won in {town} on {day} before {k} spectators, {m} points ahead, and thanked {other}."),
    ("{thing} worries exporters in {town}", "Exporters in {town} expect to ship {k} tonnes this year, said {name} on {day}, but {thing} and {other} worry them."),
    ("{name} brings {thing} to {town}", "{name} opened the season of {town} on {day} with {thing}, {m} years after {other}."),
)  # fmt: skip
# Sentences are put together word by word, as no two reports of different things share their sentences.
SHAPES = (
    "{name} {did} {thing} near {where} and {did2} {other}.",
    "In the {side} {thing} {did} {other}, {name} said at {hour} o'clock.",
    "{thing} {did} {other} before {third} {did2} {where}.",
    "According to {name}, {thing} had {did} {other} since {day}.",
    "{name} had {did} {thing} for {m} years, beside {other} and {third}.",
    "Some {k} households {did} {thing}, and {other} {did2} the {side}.",
    '"{thing} {did} {other}," said {name}, "and then {third} {did2} it."',
    "{name} and {name2} {did} {thing} with {other} on {day}.",
)
ADJECTIVES = (
    "old new red narrow quiet borrowed wooden broken painted distant local northern empty crowded cheap heavy early late rusty green tall "
    "second last unpaid foreign rural modest public private damp dusty folded printed spare yellow temporary annual famous careful nervous "
    "bright steep hollow patient silver cotton plain southern coastal sealed open locked rented polished crooked civic short hidden pale loud"
).split()  # fmt: skip
NOUNS = (
    "ledger pump lantern timetable orchard ferry bakery permit curtain archive tractor mural violin harvest quarry greenhouse ticket parcel fence "
    "chimney ladder notebook kiosk tram antenna basin warehouse blanket generator mosaic cellar harness signal bench carpet gate stove map "
    "clinic plaque rope canal cradle wagon drum boiler pavement registry mill cupboard terrace sewing-machine printing-press loom turnstile "
    "weather-vane drawbridge reservoir staircase balcony orchestra museum workshop vineyard telescope tannery aquarium ballroom lighthouse"
).split()
VERBS = (
    "repaired carried counted followed measured described painted moved ordered borrowed cleaned watched returned praised delayed sold lent "
    "copied opened sorted hid weighed mended washed closed sketched promised inspected replaced announced remembered missed shared wrapped"
).split()
WHERE = "the market,the harbour,the old bridge,the railway yard,a police station,the grain depot,the stadium,the main hospital,the cathedral square,the bus station,the power plant,the court house,the northern gate,the customs post".split(",")  # fmt: skip
SIDES = "north,south,east,west,hill quarter,river quarter,old town,port district,new suburb,garrison quarter,university quarter,mill district".split(",")  # fmt: skip
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
FIRST = "Amara Boris Chidi Dalia Elif Farid Gloria Hamid Ines Jorge Kamal Leila Marta Nadia Omar Petra Quentin Rosa Samir Tomás Usha Viktor Wanjiru Yusuf Zainab".split()
LAST = (
    "Ab Bel Cor Dem Ez Far Gar Has Iv Jal Kar Lop Mber Nas Ok Pet Quis Rah Sil Tan Ued Var Wol Yil Zam".split(),
    "a ando e eri i ina o omi u ula ari ento".split(),
    "b ch d dz k l m n r rr s sh t v y z".split(),
    "a ando e eri i ina o omi ović ula ari enko ski".split(),
)  # most names are borne by one person of the news
PAPERS = 400  # publishers


class Newsroom:
    """Seeded by its dice: the same dice make the same articles."""

    def __init__(self, dice: random.Random) -> None:
        self._dice, self._number = dice, count()
        self._towns = [f"{town}, {country}" for country, towns in TOWNS.items() for town in towns.split()]

    def articles(self, since: datetime, step: timedelta) -> Iterator[Article]:
        """One article for each `step` of event time from `since` on, nearly in order of their publication."""
        due: list[tuple[datetime, int, tuple[str, str]]] = []
        for number in count():
            moment = since + number * step
            if due and due[0][0] <= moment:
                published, _, told = heapq.heappop(due)
                yield self._article(*told, published, moment)
                continue
            if self._dice.random() < 0.3:
                yield self._article(*self._story(), moment, moment)
                continue
            told, later = self._incident()
            for after, report in later:
                heapq.heappush(due, (moment + after, next(self._number), report))
            yield self._article(*told, moment, moment)

    def _incident(self) -> tuple[tuple[str, str], list[tuple[timedelta, tuple[str, str]]]]:
        """The first report of an incident, and what follows how long after."""
        dice = self._dice
        noun, lead, later = dice.choice(DEEDS)
        town, dead, hurt = dice.choice(self._towns), dice.randrange(3, 40), dice.randrange(10, 90)
        first = self._report(f"{noun} near {{town}} kills {dead}", lead, town, dead, hurt)
        copies = range(dice.choice((0, 0, 1, 1, 2, 4)))
        reports = [(timedelta(hours=dice.uniform(0.1, 8)), self._copy(first)) for _ in copies]
        for hours in dice.choice(((), (), (6,), (9, 30), (5, 20, 50))):
            dead, hurt = dead + dice.randrange(1, 6), hurt + dice.randrange(9)
            report = self._report(f"{noun} in {{town}}: toll rises to {dead}", later, town, dead, hurt)
            reports.append((timedelta(hours=hours * dice.uniform(0.7, 1.4)), report))
        return first, reports

    def _copy(self, told: tuple[str, str]) -> tuple[str, str]:
        """Another paper's edition: whole, with a line of its own in front, or cut."""
        title, body = told
        paragraphs = body.split("\n\n")
        kind = self._dice.randrange(3)
        if kind == 1:
            paragraphs.insert(0, self._line(self._dice.choice(self._towns)))
        elif kind == 2 and len(paragraphs) > 4:
            paragraphs = paragraphs[: -self._dice.randrange(1, 3)]
        return title, "\n\n".join(paragraphs)

    def _story(self) -> tuple[str, str]:
        title, lead = self._dice.choice(STORIES)
        fixed = {"name": self._name(), "thing": self._thing()}
        town = self._dice.choice(self._towns)
        return self._report(title, lead, town, 0, self._dice.randrange(2, 90), **fixed)

    def _report(self, title: str, lead: str, town: str, dead: int, hurt: int, **fixed: str) -> tuple[str, str]:
        short = town.split(",", maxsplit=1)[0]
        paragraphs = [self._line(town, lead, n=dead, m=hurt, **fixed)]
        paragraphs += [
            " ".join(self._line(short) for _ in range(self._dice.randrange(1, 4)))
            for _ in range(self._dice.randrange(5, 16))
        ]
        return title.format(town=short, **fixed), "\n\n".join(paragraphs)

    def _line(self, town: str, line: str = "", **fixed: int | str) -> str:
        dice = self._dice
        words = {
            "where": dice.choice(WHERE), "side": dice.choice(SIDES), "day": dice.choice(DAYS),
            "did": dice.choice(VERBS), "did2": dice.choice(VERBS), "m": dice.randrange(2, 60),
            "k": dice.randrange(100, 90_000, 50), "hour": dice.randrange(5, 12), "name": self._name(),
            "name2": self._name(), "thing": self._thing(), "other": self._thing(), "third": self._thing(), "town": town,
        }  # fmt: skip
        made = (line or dice.choice(SHAPES)).format(**words | fixed)
        return made[0].upper() + made[1:]

    def _thing(self) -> str:
        return f"the {self._dice.choice(ADJECTIVES)} {self._dice.choice(NOUNS)}"

    def _name(self) -> str:
        return f"{self._dice.choice(FIRST)} {''.join(map(self._dice.choice, LAST))}"

    def _article(self, title: str, body: str, published: datetime, fetched: datetime) -> Article:
        domain = f"paper{self._dice.randrange(PAPERS)}.example"
        url = f"https://{domain}/{next(self._number)}"
        return Article(
            article_id=article_id(url, title, body), url=url, canonical_url=url, title=title, body=body, lang="en",
            source=Publisher(domain=domain), published_at=published, fetched_at=fetched,
        )  # fmt: skip

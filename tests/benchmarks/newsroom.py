"""Invented news without end, of the length and variety of a world feed: incidents, their follow-ups and copies, stories.

About a third of the articles report a new incident, a quarter follow one up with other words and a higher toll, a
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
    ("Ferry sinking", "A crowded ferry capsized off {town} on {day}; {n} passengers drowned and {m} are missing.", "Divers off {town} have brought up {n} bodies from the ferry, with {m} people unaccounted for."),
    ("Protest", "Police fired tear gas as some {k} people protested over fuel prices in {town} on {day}; {m} were arrested.", "The protests in {town} went into another day with {k} marchers, and {m} arrests were reported."),
    ("Mine collapse", "A gold mine collapsed near {town} on {day}, killing {n} miners and trapping {m}.", "{n} miners have died and {m} remain underground near {town}, the ministry of mines said."),
    ("Clashes", "Clashes between the army and militants near {town} left {n} fighters dead and {m} wounded on {day}.", "The army put the toll of the fighting near {town} at {n} dead and {m} wounded."),
    ("Train derailment", "A passenger train left the rails outside {town} on {day}; {n} people were killed and {m} injured.", "Investigators at {town} said {n} people died when the train derailed; {m} were injured."),
    ("Cholera outbreak", "Health officials in {town} confirmed {n} deaths and {m} cases of cholera on {day}.", "Cholera has now killed {n} people in {town} among {m} patients, the health ministry said."),
    ("Earthquake", "A strong earthquake shook {town} on {day}, killing {n} people and injuring {m}, the civil defence said.", "The earthquake near {town} killed {n} people, a new count shows, and {m} were hurt."),
    ("Building collapse", "A five-storey building collapsed in {town} on {day}; {n} residents died and {m} were pulled out alive.", "{n} residents died in the collapsed building in {town}, and {m} survivors are in hospital, the mayor said."),
)  # fmt: skip
STORIES = (
    ("{town} council argues over the price of water", "The council of {town} put off its vote on the price of water on {day} after a debate of {m} hours."),
    ("{name} takes the title in {town}", "{name} won the final in {town} on {day} before {k} spectators, the second title of the season."),
    ("Exporters in {town} look to a better harvest", "Exporters in {town} expect to ship {k} tonnes this year, {m} per cent more than in the last, {name} said on {day}."),
    ("Orchestra opens its season in {town}", "The city orchestra of {town} opened its season on {day} under {name}, with a work that had rested for {m} years."),
    ("Minister {name} visits {town}", "Minister {name} came to {town} on {day} to open a road of {m} kilometres and to speak about schools."),
    ("Start-up from {town} raises money", "A start-up from {town} raised {m} million dollars on {day}, its founder {name} said."),
)  # fmt: skip
LINES = (
    "{name}, who keeps a {shop} near {where}, said that {person} had {verb} before anyone understood what was going on.",
    "The road to {where} stayed closed until {hour} o'clock, and {k} households in the {side} were without power.",
    "Volunteers carried {goods} to the {side}, while {person} handed out {goods} in front of a {shop}.",
    '"We had asked for {goods} since the spring," said {name}, who speaks for the {shop} owners of the {side}.',
    "A statement from the office of {name} named neither a cause nor a date for a report on the matter.",
    "The {side} of the city grew quickly in the last {m} years, and its streets were never built for such traffic.",
    "{name}, a nurse, said she had {verb} with {goods} through the night and had seen {person} do the same.",
    "Schools in the {side} were to stay closed until {day}, and buses were sent round {where}.",
    "The opposition asked why {goods} had been sent to the {side} only after {person} had {verb} in front of cameras.",
    "Insurers said it would take {m} weeks to see what could be paid to the owners of each {shop}.",
    "In the {side}, {person} had {verb} by {hour} in the evening, and the queue for {goods} reached {where}.",
    "A spokesman for the regional government, {name}, asked people to keep away from {where} and to boil their water.",
    "{name} said that the {shop} would open again as soon as {goods} could be brought in from the coast.",
    "The national broadcaster showed pictures of {where}, where {person} had {verb} among {goods}.",
    "Analysts at the university said the {side} lacked {goods}, a point that {name} has made for {m} years.",
    "At the {shop} of {name}, a radio was on all day, and {person} came in to ask for {goods}.",
    "A commission led by {name} is to visit {where} on {day} and hear {m} witnesses.",
    "The bishop of the {side}, {name}, held a service to which {k} people came, many with {goods}.",
    "Traders at {where} said prices for {goods} had doubled since {day}, and that {person} had {verb} over the last of it.",
    "{name} of the drivers' union said its members had {verb} without pay and would go on until {day}.",
)  # fmt: skip
FILL = {
    "where": "the market,the harbour,the old bridge,the railway yard,a police station,the grain depot,the stadium,the main hospital,the cathedral square,the bus station,the power plant,the court house,the northern gate,the customs post".split(","),
    "side": "north,south,east,west,hill quarter,river quarter,old town,port district,new suburb,garrison quarter,university quarter,mill district".split(","),
    "shop": "bakery,pharmacy,tea house,garage,tailor's shop,print shop,butcher's,phone shop,bicycle shop,hardware store,laundry,barber's".split(","),
    "person": "a retired teacher,two cousins,a taxi driver,the night watchman,a student of law,three brothers,an old fisherman,the headmaster,a visiting engineer,her neighbour,a clerk of the bank,the station master".split(","),
    "verb": "waited for hours,argued with officers,cleared the stairs,knocked on every door,filmed from a roof,called the radio,queued in the rain,carried water,mended a pump,counted those present,lit the stoves,hidden the keys".split(","),
    "goods": "blankets,flour and oil,drinking water,diesel,bandages,tents,cement,school books,lamps,rice,spare parts,cooking gas,sandbags,medicine".split(","),
    "day": "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday".split(","),
}  # fmt: skip
FIRST = "Amara Boris Chidi Dalia Elif Farid Gloria Hamid Ines Jorge Kamal Leila Marta Nadia Omar Petra Quentin Rosa Samir Tomás Usha Viktor Wanjiru Yusuf Zainab".split()
LAST = "Abara Bello Cruz Demir Eze Farouk García Hassan Ivanov Jallow Khan Lopez Mbeki Nasser Okoye Petrov Quispe Rahman Silva Tanaka Ueda Vargas Wolde Yilmaz Zaman".split()
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
        town, name = self._dice.choice(self._towns), self._name()
        return self._report(title.replace("{name}", name), lead.replace("{name}", name), town, 0, self._dice.randrange(2, 90))

    def _report(self, title: str, lead: str, town: str, dead: int, hurt: int) -> tuple[str, str]:
        short = town.split(",", maxsplit=1)[0]
        paragraphs = [self._line(town, lead, n=dead, m=hurt)]
        paragraphs += [
            " ".join(self._line(short) for _ in range(self._dice.randrange(1, 4)))
            for _ in range(self._dice.randrange(4, 13))
        ]
        return title.format(town=short), "\n\n".join(paragraphs)

    def _line(self, town: str, line: str = "", **numbers: int) -> str:
        dice = self._dice
        words = {name: dice.choice(choices) for name, choices in FILL.items()}
        odd = {"m": dice.randrange(2, 60), "k": dice.randrange(100, 90_000, 50), "hour": dice.randrange(5, 12)}
        return (line or dice.choice(LINES)).format(**words | odd | numbers, town=town, name=self._name())

    def _name(self) -> str:
        return f"{self._dice.choice(FIRST)} {self._dice.choice(LAST)}"

    def _article(self, title: str, body: str, published: datetime, fetched: datetime) -> Article:
        domain = f"paper{self._dice.randrange(PAPERS)}.example"
        url = f"https://{domain}/{next(self._number)}"
        return Article(
            article_id=article_id(url, title, body), url=url, canonical_url=url, title=title, body=body, lang="en",
            source=Publisher(domain=domain), published_at=published, fetched_at=fetched,
        )  # fmt: skip

"""Words that report an incident: which type they tell of and how strongly.
The ontology's seed words say what a text is about; these say that something happened. Strength: 3 alone reports an incident
("airstrike", "derailed"), 2 mostly does ("explosion", "shooting"), 1 only beside a figure or with a place and a time
("attack", "strike", "fire"). `words` marks acts of speech (condemnation, threat), `after` what follows an incident
(arrest), `quiet` the turns of politics that news recalls. `signals` finds them.
"""

from typing import Literal, NamedTuple

Kind = Literal["deed", "words", "after", "quiet", "none"]

_DEEDS: dict[str, str] = {
    "explosions/air-drone-strike": "3:air strike|air strikes|airstrike|airstrikes|air-strikes|air raid|air raids|drone strike|"
    "drone strikes|drone attack|drone attacks|bombing raid|aircraft carried out strikes|drones targeted|drones hit|warplanes|"
    "carried out strikes|defensive airstrikes;2:drone|drones|struck militias|raids targeted|strikes targeted;1:strike in|the strikes",
    "explosions/shelling-missile": "3:shelling|shelled|rockets were fired|rocket attack|rocket attacks|rockets fired|fired rockets|"
    "missile strike|missile attack|missiles hit|mortar attack|mortar shells|rockets hit|rocket hit|artillery fire|mortars|"
    "rockets landed|missile hit|missile struck|rocket fire|fired missiles|volley of rockets;2:rockets|mortar",
    "explosions/suicide-bomb": "3:suicide bomber|suicide bombers|suicide bombing|suicide bombings|suicide attack|suicide attacks|"
    "blew himself up|blew herself up|blew themselves up|suicide car bomb|suicide bomb",
    "explosions/remote-bomb": "3:car bomb|car bombs|car bombing|truck bomb|roadside bomb|bombing|bombings|bomb exploded|bombs exploded|"
    "bomb blast|bomb attack|bomb attacks|bomb went off|dynamited|dynamite|land mine|landmine|ied|explosive device|booby-trapped|"
    "bombed|bomb was defused|parcel bomb|pipe bomb|bomb blasts|bomb ripped;2:explosive|explosives|bomb|bombs|blast ripped|detonated",
    "explosions/grenade": "3:grenade attack|threw a grenade|hurled a grenade|grenade exploded|grenades exploded|threw grenades;2:grenade|"
    "grenades",
    "explosions/attack": "2:blast targeted|repeated attacks",
    "battles/armed-clash": "3:armed clash|armed clashes|clashed with|heavy fighting|fierce fighting|gun battle|gunbattle|firefight|"
    "fierce clashes|heavy clashes|exchange of fire|exchanged fire|ambushed|ambush|guerrillas attacked|rebels attacked|skirmishes|"
    "militants attacked|insurgents attacked|crossfire;2:clashes|clashed|fighting between|fighting in|battles|battle for|offensive against|"
    "stormed",
    "battles/government-regains-territory": "3:recaptured|retook|regained control",
    "battles/non-state-actor-overtakes-territory": "3:captured the town|seized the town|seized the city|overran",
    "battles/attack": "3:attacked by gunmen|attacked by militant|attack on a military|attacked a military|attacked a police;2:militants|"
    "raid on|gunmen attacked",
    "battles/piracy": "3:pirates|piracy|sea brigands|repulsed an attack;2:boarded",
    "violence-against-civilians/attack": "3:massacre|massacred|beheaded|assassinated|assassination|gunmen killed|gunmen opened fire|"
    "slaughtered|executed|terrorist attack|terror attack|hacked to death|death squad|war crimes|lynched;2:terrorists|attacked|tortured|"
    "killing of;1:attack|attacks|assault",
    "violence-against-civilians/abduction": "3:kidnapped|abducted|kidnapping|kidnappings|abduction|abductions|taken hostage|hostage-taking|"
    "held hostage|taken captive|hostages|hostage crisis",
    "crime/sexual-offence": "3:raped|gang-raped|gang rape|rape of|sexual assault|sexually assaulted|sexually abused",
    "crime/shooting": "3:shot dead|shot and killed|fatally shot|shot to death|gunned down|opened fire|drive-by|shooting|shootings|"
    "gunshot wound|gunshot wounds|gunshots|gunfire|been shot|was shot|were shot|found shot|shot in the|mass shooting|shooting death|"
    "shot and wounded|shot himself|murder-suicide|shots were fired|fired shots|raked by gunfire|accidentally shot|shots fired;"
    "2:shot|gunman|gunmen|shooter|fired at",
    "crime/homicide": "3:murdered|homicide|homicides|stabbed to death|beaten to death|slain|strangled|manslaughter|"
    "slaying|killed his wife|killed her husband;2:murder|found dead|body was found|were killed|was killed",
    "crime/stabbing": "3:stabbed|stabbing|knife attack|knifeman",
    "crime/assault": "2:assaulted|beaten|pistol-whipped|attacked her|attacked him|aggravated assault;1:assault",
    "crime/robbery": "3:robbed|robbery|armed robbery|robberies|burglary|burglarized|home invasion|forced their way|carjacked|carjacking|"
    "held up|ransacking|broke into|looted|looting|heist;2:robber|robbers|burglar",
    "crime/theft": "3:stolen|stole|theft|thefts|shoplifting",
    "crime/hijacking": "3:hijacked|hijacking|hijack|hijackers",
    "crime/arson": "3:arson|fire-bomb|firebombed|firebombing|firebomb|torched|set fire to|deliberately set",
    "crime/organised-crime": "3:drug bust|cocaine was seized|drugs were seized|drug raid|seized drugs;2:cocaine|heroin|methamphetamine",
    "crime/trafficking": "3:human trafficking|smuggled|smuggling|traffickers",
    "protests/peaceful-protest": "3:protesters|protestors|demonstrators|protest march|took to the streets|demonstrated|staged a protest|"
    "marched|rallied|sit-in|protested|demonstration|demonstrations|protests|vigil|anti-government protest|hunger strike|walked out;"
    "2:protest|rally|rallies|march",
    "protests/strike": "3:general strike|went on strike|on strike|strikers|industrial action|striking workers|striking protesters|walkout|"
    "work stoppage|strike by|strike over|strike action",
    "riots/violent-demonstration": "3:riot|riots|rioting|rioters|rioted|clashed with police|pitched battles|threw stones|petrol bombs|tear gas|"
    "molotov|violent protests|turned violent|hurled stones|stone-throwing|hurled petrol|became unruly|bottles were thrown|"
    "barricades;2:unruly|looted",
    "riots/mob-violence": "3:mob attacked|angry mob|mob violence|communal violence|communal clashes|lynch mob",
    "accidents/crowd-crush": "3:stampede|crowd crush|trampled",
    "riots/prison-riot": "3:prison riot|jail riot|prison uprising|inmates rioted|prison mutiny",
    "disasters/earthquake": "3:earthquake|earthquakes|quake|quakes|aftershock|aftershocks|tremor|tremors|temblor;1:magnitude",
    "disasters/tsunami": "3:tsunami|tidal wave",
    "disasters/flood": "3:flood|floods|flooding|flooded|flash flood|flash floods|burst its banks|inundated|monsoon rains|submerged",
    "disasters/storm": "3:hurricane|typhoon|cyclone|tornado|tornadoes|tropical storm|storm|storms|thunderstorms|hailstorm|blizzard|"
    "snowstorm|twister;2:high winds|gale",
    "disasters/wildfire": "3:wildfire|wildfires|bushfire|bushfires|forest fire|forest fires|brush fire|blaze scorched|acres burned",
    "disasters/landslide": "3:landslide|landslides|mudslide|mudslides|rockslide",
    "disasters/avalanche": "3:avalanche|avalanches",
    "disasters/volcano": "3:volcano erupted|eruption|volcanic eruption|erupted",
    "disasters/drought": "3:drought|famine",
    "disasters/heatwave": "3:heatwave|heat wave",
    "disasters/cold-wave": "3:cold snap|cold wave",
    "accidents/transport": "3:plane crash|train crash|bus crash|car crash|derailed|derailment|derailing|capsized|collided|collision|"
    "ferry sank|shipwreck|overturned|plunged into|plunged off|ran aground|emergency landing|hit-and-run|boat sank|tram crash|"
    "helicopter crash|air crash|went down|sank;2:crashed|crash|accident|wreckage|struck by a car",
    "accidents/industrial": "3:chemical leak|gas leak|oil spill|mine collapse|mine explosion|mine accident|radiation leak|chemical spill|"
    "meltdown|toxic leak|industrial accident|trapped miners|miners trapped",
    "accidents/explosion-fire": "3:caught fire|blaze|explosion ripped|gas explosion|house fire|apartment fire|fire broke out|fire tore|"
    "fire swept|factory fire|boiler explosion|firefighters battled|went up in flames;2:explosion|explosions|exploded|blast|blasts|inferno;"
    "1:fire|fires|flames",
    "accidents/structure-collapse": "3:building collapsed|bridge collapsed|roof collapsed|collapse of a|dam collapsed|building collapse|"
    "bridge collapse|dam collapse|scaffolding collapsed|wall collapsed|collapsed;2:collapse",
    "accidents/drowning": "3:drowned|drowning",
    "accidents/fall": "3:fell to his death|fell to her death|fall to his death|fallen to|fell from|fell into|fell off|climbing accident|"
    "fell around|falling about|fatal fall",
    "health/outbreak": "3:outbreak|outbreaks|epidemic|pandemic|confirmed cases|new cases|tested positive|cholera|ebola|bird flu|swine flu|"
    "infected with;2:virus|disease|infected|infections",
    "health/safety": "3:food poisoning|contaminated|poisoned|poisoning|recalled",
    "cyber/attack": "3:cyber attack|cyberattack|cyber-attack|cyberattacks|hacked|hackers|malware|data breach|denial of service",
    "cyber/ransomware": "3:ransomware",
    "politics/coup": "3:coup|coup attempt|seized power|military takeover|ousted in a",
    "strategic-developments/disrupted-weapons-use": "3:arms cache|weapons cache|weapons were seized|defused;2:seized weapons",
    "strategic-developments/weapons-test": "3:test-fired|missile test|nuclear test|missile launch|fired a ballistic",
    "strategic-developments/looting-property-destruction": "3:destroyed property|confiscated",
}  # fmt: skip
_AFTER: dict[str, str] = {
    "justice/arrest": "3:arrested|arrest|arrests|taken into custody|in custody|apprehended|detained|nabbed|charged with|was charged|"
    "were charged|been charged|faces charges|indicted|extradited|arraigned|booked into;2:charged",
    "justice/conviction": "3:convicted|sentenced|found guilty|pleaded guilty|jury convicted|acquitted|sentenced to;2:verdict",
    "justice/trial": "3:trial of|on trial|ongoing trial|went on trial|court heard|pleaded not guilty|murder trial;2:testified|trial",
    "other/memorial": "3:tributes|memorial service|candlelight vigil|mourned;2:funeral|wreath",
}
_WORDS: dict[str, str] = {
    "diplomacy/condemnation": "3:condemned|denounced|deplored|condemnation|condemns|denounces|slammed the|decried|lamented;2:criticised|"
    "criticized",
    "strategic-developments/threat": "3:threatened|threatening|vowed|warned that|will avenge|vows|threatens|threat to;2:warned",
    "strategic-developments/claim-of-responsibility": "3:claimed responsibility|claiming responsibility|claim of responsibility",
    "diplomacy/appeal": "3:appealed for|called for|calling for|urged|urges|calls for;2:called on",
    "politics/accusation": "3:accused|accuses|blamed|blames|accusing;2:alleged that",
    "politics/statement": "3:denied involvement|denied responsibility|denied any",
}
_QUIET: dict[str, str] = {
    "politics/election": "3:elected|won the election|presidential election|general election|election|re-elected|inaugurated",
    "politics/investigation": "3:investigation into|reopening the investigation|launched an investigation|announcement, made;2:announcement",
    "diplomacy/agreement-withdrawal": "3:unilaterally withdrew|withdrew from|pulled out of",
    "diplomacy/agreement": "3:peace agreement|signed an agreement|signed a treaty|peace accord|ceasefire agreement|nuclear deal",
    "diplomacy/sanctions": "3:imposed sanctions|new sanctions",
    "justice/reward-offer": "3:offer up to|offered a reward|offering a reward|reward of",
    "strategic-developments/authorisation": "3:go-ahead|authorised|authorized",
    "economy/bailout": "3:bailout|bail-out",
    "politics/government": "3:resigned|stepped down|was ousted|sworn in",
}  # fmt: skip
_QUIET: dict[str, str] = {
    "politics/election": "3:elected|won the election|presidential election|general election|election|re-elected|inaugurated",
    "politics/investigation": "3:investigation into|reopening the investigation|launched an investigation|announcement, made;2:announcement",
    "diplomacy/agreement-withdrawal": "3:unilaterally withdrew|withdrew from|pulled out of",
    "diplomacy/agreement": "3:peace agreement|signed an agreement|signed a treaty|peace accord|ceasefire agreement|nuclear deal",
    "diplomacy/sanctions": "3:imposed sanctions|new sanctions",
    "justice/reward-offer": "3:offer up to|offered a reward|offering a reward|reward of",
    "strategic-developments/authorisation": "3:go-ahead|authorised|authorized",
    "economy/bailout": "3:bailout|bail-out",
    "politics/government": "3:resigned|stepped down|was ousted|sworn in",
}  # fmt: skip
_NEITHER = "heart attack|heart attacks|panic attack|attack ads|clinical trial|field trial|drug trial|fire sale|fire department|price war|" \
    "fired from his|was fired|were fired|market crash|stock market crash|bull market rally|stock rally|crash course|shooting guard|" \
    "free kick|shooting percentage|photo shooting|shooting star|film shooting|blood bank|earnings strike|hunger for|strike price|" \
    "strike force|strike a deal|struck a deal|strike deal|computer virus|storm of protest|storm of criticism|fire brigade|fire service|" \
    "fire officials|fire chief|fire station|fire engine|fire crews|fire marshal|battleground|attack on credibility|bank run"
"""Phrases that hold a word of harm and report none."""
_TABLE: tuple[tuple[Kind, dict[str, str]], ...] = (("deed", _DEEDS), ("after", _AFTER), ("words", _WORDS), ("quiet", _QUIET))


class Act(NamedTuple):
    """One word of an incident: offsets into the text, type, strength 1 to 3, and what kind of word it is."""

    start: int
    end: int
    family: str
    subtype: str
    strength: int
    kind: Kind
    word: str


def act_phrases() -> list[tuple[str, tuple[str, str, int, Kind, str]]]:
    """Every phrase with (family, subtype, strength, kind, phrase); a phrase under two types keeps the first."""
    out: dict[str, tuple[str, str, int, Kind, str]] = {}
    for kind, types in _TABLE:
        for name, listed in types.items():
            family, subtype = name.split("/")
            for group in listed.split(";"):
                weight, _, phrases = group.partition(":")
                for phrase in phrases.split("|"):
                    out.setdefault(phrase, (family, subtype, int(weight), kind, phrase))
    neither: tuple[str, str, int, Kind, str] = ("other", "human-interest", 0, "none", "")
    return [*out.items(), *((phrase, neither) for phrase in _NEITHER.split("|"))]

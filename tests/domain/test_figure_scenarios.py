"""The model of figures as a table: claims in; low, best, high, words and reason out."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from schemas.records import Claim, Publisher, SourcedClaim, Span
from streams.domain.linking.figures import figures, supersede

START = datetime(2024, 3, 5, 6, tzinfo=UTC)
OPEN = "open"


@dataclass(frozen=True)
class Said:
    """One claim: a number, by whom, in whose report, how many hours after the first; `most` is OPEN for "at least"."""

    n: int | None
    by: str | None = None
    at: float = 0
    origin: str = "wire"
    kind: str = "unattributed"
    scope: str = ""
    of: str = "people"
    most: int | str | None = None
    what: str = "killed"
    words: str = ""
    text: str = ""

    def claim(self, n: int) -> SourcedClaim:
        high = self.n if self.most is None else None if self.most == OPEN else self.most
        claim = Claim(
            what=self.what, min=self.n, max=high, of=self.of, attributed_to=self.by, attribution_kind=self.kind,
            quote=Span(start=10 * n, end=10 * n + 5), text=self.text, scope=self.scope, words=self.words,
        )  # fmt: skip
        document = f"{self.origin} at {self.at}"
        return SourcedClaim(
            claim=claim, mention_id=document, document_id=document, source=Publisher(domain=self.origin),
            origin=self.origin, reported_at=START + timedelta(hours=self.at),
        )  # fmt: skip


def official(n, at=0.0, origin="wire", **more):
    return Said(n, more.pop("by", "the ministry"), at, origin, "official", **more)


SCENARIOS = {
    # what is counted
    "one figure": ([Said(5)], (5, 5, 5), "", "the only figure"),
    "two origins that agree": ([Said(5), Said(5, origin="paper")], (5, 5, 5), "", "origins agree"),
    "sources that disagree stand side by side": ([Said(5, "SOHR"), Said(10, "Pentagon")], (5, 5, 10), "", "best supported"),
    "children are part of the dead": ([Said(9), Said(2, of="children")], (9, 9, 9), "", "the only figure"),
    "a part told by another origin lowers nothing": ([Said(9), Said(2, of="children", origin="paper", at=3)], (9, 9, 9), "", "the only figure"),
    "a part that the document calls one": ([Said(40, scope="total"), Said(12, scope="part")], (40, 40, 40), "", "the only figure"),
    "a part never beats a whole, however late and official": ([Said(40, scope="total"), official(12, 20, scope="part")], (40, 40, 40), "", "the only figure"),
    "three origins with one part do not beat a whole": (
        [Said(40, scope="total"), *(Said(12, origin=o, scope="part", at=1) for o in "abc")], (40, 40, 40), "", "the only figure"),
    "only a part is told": ([Said(12, scope="part")], (12, 12, 12), "at least 12", "only parts"),
    "several parts are no sum": ([Said(12, scope="part"), Said(7, scope="part")], (12, 12, 12), "at least 12", "only parts"),
    "only children are told of": ([Said(2, of="children")], (2, 2, 2), "at least 2", "only parts"),
    "a figure of unknown scope and a smaller one of the same voice": ([Said(30, of="personas"), Said(5, of="niños")], (30, 30, 30), "", "the only figure"),
    "a smaller one of a class, of another voice": (
        [Said(30, of="personas"), official(5, 0, of="policías", by="la policía")], (30, 30, 30), "", "the only figure"),
    "a smaller one of all, of another voice": (
        [Said(30, of="personas"), official(25, 0, of="personas", by="la policía")], (25, 25, 30), "", "best supported, by official"),
    "families are not counted with people": (
        [Said(1000, what="displaced"), Said(300, what="displaced", of="families", origin="paper", at=2)], (1000, 1000, 1000), "", "the only figure"),
    "only families are told of": ([Said(300, what="displaced", of="families")], (300, 300, 300), "at least 300", "only parts"),
    "another incident's figure is set aside": ([Said(5, scope="total"), Said(300, scope="aside")], (5, 5, 5), "", "the only figure"),
    "a recalled toll by an official is set aside": ([Said(5, scope="total"), official(300, 9, scope="aside")], (5, 5, 5), "", "the only figure"),
    "victims told of one by one come to a sum": ([Said(1, scope="summand"), Said(1, scope="summand")], (2, 2, 2), "", "the sum of victims"),
    "men and women come to a sum": ([Said(6, scope="summand", of="men"), Said(1, scope="summand", of="woman")], (7, 7, 7), "", "the sum of victims"),
    "a summand that is a bound makes the sum one": ([Said(6, scope="summand", most=OPEN), Said(1, scope="summand")], (7, 7, 7), "at least 7", "the sum"),
    "a sum of one paper beside a total of another": (
        [Said(1, scope="summand"), Said(1, scope="summand"), Said(2, origin="paper", scope="total")], (2, 2, 2), "", "origins agree"),
    # bounds
    "at least keeps its words": ([Said(21, most=OPEN, words="at least 21")], (21, 21, 21), "at least 21", "the only figure"),
    "more than keeps its words": ([Said(301, most=OPEN, words="More than 300")], (301, 301, 301), "more than 300", "the only figure"),
    "a bound without words gets some": ([Said(21, most=OPEN)], (21, 21, 21), "at least 21", "the only figure"),
    "up to": ([Said(None, most=40)], (40, 40, 40), "up to 40", "the only figure"),
    "an exact figure that a bound allows": ([Said(20, most=OPEN), Said(23, origin="paper")], (20, 23, 23), "", "best supported"),
    "the same number exact and as a bound is exact": ([Said(20, most=OPEN), Said(20, origin="paper")], (20, 20, 20), "", "origins agree"),
    "a bound far below speaks for nothing": ([Said(2, most=OPEN), Said(2, origin="b"), Said(40, origin="c")], (2, 2, 40), "", "2 origins"),
    "up to gives way to an exact figure below": ([Said(None, most=40), Said(12, origin="paper")], (12, 12, 40), "", "best supported"),
    "a round bound does not take an older exact figure back": ([Said(23), Said(20, at=7, origin="paper", most=OPEN)], (20, 23, 23), "", "best supported"),
    "nor does it a day later": ([Said(335), Said(301, at=30, origin="paper", most=OPEN)], (301, 335, 335), "", "best supported"),
    "a bound above an exact figure does": ([Said(23), Said(25, at=7, origin="paper", most=OPEN)], (23, 25, 25), "at least 25", "the latest"),
    "a source that rounds its own figure keeps it": ([official(137), official(131, 5, most=OPEN)], (131, 137, 137), "", "best supported"),
    "a source that gives a lower bound as a count takes it back": ([official(25), official(18, 5, most=OPEN)], (18, 18, 18), "at least 18", "the only figure"),
    "a range keeps both ends": ([Said(10, most=15)], (10, 10, 15), "10 to 15", "the only figure"),
    "an exact figure within a range": ([Said(10, most=15), Said(12, origin="paper")], (10, 12, 15), "", "best supported"),
    "a rounded number keeps its words": ([Said(70, words="about 70")], (70, 70, 70), "about 70", "the only figure"),
    "no more than none is none": ([Said(None, most=0)], (0, 0, 0), "", "the only figure"),
    # supersession
    "a source's later figure supersedes its earlier one": ([official(5), official(8, 3)], (8, 8, 8), "", "the only figure"),
    "also when it is lower": ([official(8), official(5, 3)], (5, 5, 5), "", "the only figure"),
    "also in another paper": ([official(5), official(8, 3, "paper")], (8, 8, 8), "", "the only figure"),
    "an article in the name makes no other source": ([official(5, by="the police"), official(8, 3, by="Police")], (8, 8, 8), "", "the only figure"),
    "an origin's later total replaces what it printed": ([Said(5, "a doctor"), Said(9, "a mayor", at=2)], (9, 9, 9), "", "the only figure"),
    "a part does not supersede the whole of its source": ([official(9, scope="total"), official(2, 1, scope="part")], (9, 9, 9), "", "the only figure"),
    "what is set aside supersedes nothing": ([official(9, scope="total"), official(300, 4, scope="aside")], (9, 9, 9), "", "the only figure"),
    "injured and killed are two things": ([Said(5), Said(9, what="injured")], (5, 5, 5), "", "the only figure"),
    # age
    "a rising toll: the later figure of another origin": ([Said(5), Said(9, at=12, origin="paper")], (5, 9, 9), "", "the latest figure"),
    "two early origins against one much later": ([Said(5), Said(5, origin="b"), Said(9, at=12, origin="c")], (5, 9, 9), "", "the latest figure"),
    "two origins against one of the same hour": ([Said(5), Said(5, origin="b"), Said(9, at=0.5, origin="c")], (5, 5, 9), "", "2 origins"),
    "what is older than a day has no say": ([*(Said(5, origin=o) for o in "abcdef"), Said(9, at=30, origin="z")], (5, 9, 9), "", "the latest figure"),
    "it still counts for the range": ([Said(5), Said(9, at=80, origin="z")], (5, 9, 9), "", ""),
    # trust
    "an official before a witness of the same hour": ([official(5), Said(12, "a man", 0, "paper", "witness")], (5, 5, 12), "", "best supported, by official"),
    "a party's boast does not beat an official": ([Said(40, "rebels", 0, "paper", "party"), official(7)], (7, 7, 40), "", "best supported, by official"),
    "two origins outweigh one official": ([official(5), Said(8, origin="b"), Said(8, origin="c")], (5, 8, 8), "", "2 origins"),
    "a rival stands beside the document's own figure": (
        [Said(5, "an NGO", scope="total"), Said(10, "the army", scope="rival")], (5, 5, 10), "", "best supported"),
    "a rival that other origins go by wins": (
        [Said(5, scope="total"), Said(10, "the army", scope="rival"), Said(10, origin="b"), Said(10, origin="c")], (5, 10, 10), "", "origins"),
    # implausible
    "ten times above the others": ([Said(6), Said(7, origin="b"), Said(6000, origin="c", at=2)], (6, 6, 6000), "", ""),
    "ten times above, said by two": ([Said(6), Said(6000, origin="b"), Said(6000, origin="c")], (6, 6000, 6000), "", "2 origins"),
    "a rise that an official states": ([Said(29), official(1297, 20, "b")], (29, 1297, 1297), "", "the latest figure"),
    "far below two others": ([Said(5000), Said(5000, origin="b"), Said(63, origin="c", at=5)], (63, 5000, 5000), "", ""),
    "weeks later another source tells of fewer than half": (
        [official(9), official(1, 60 * 24, "paper", by="another ministry")], (9, 9, 9), "", "the only figure"),
    "weeks later the source itself does": ([official(9), official(1, 60 * 24, "paper")], (1, 1, 1), "", "the only figure"),
    "weeks later another source tells of a few less": (
        [official(9), official(7, 60 * 24, "paper", by="another ministry")], (7, 7, 9), "", "the latest figure"),
    "one paper counts a few of many": ([Said(17), Said(22, at=2, origin="b"), Said(1, at=9, origin="c")], (1, 22, 22), "", "the latest figure"),
    "a figure that is itself far from all others is no measure of a fall": (
        [Said(13), Said(13, origin="b"), Said(350, at=1, origin="c"), Said(23, at=20, origin="d")], (13, 23, 350), "", "the latest figure"),
    "another counts a third of them": ([Said(60), Said(20, at=9, origin="b")], (20, 60, 60), "", "the latest figure"),
    "an official counts a third of them": ([Said(60), official(20, 9, "b")], (20, 20, 60), "", "the latest figure"),
    "two origins count a third of them": ([Said(60), Said(20, at=9, origin="b"), Said(20, at=9, origin="c")], (20, 20, 60), "", "2 origins"),
    "a few fewer of a few are believed": ([Said(3), Said(1, at=9, origin="b")], (1, 1, 3), "", "the latest figure"),
    "days later a disaster may be ten times as great": ([Said(4), Said(4, origin="b"), Said(156, at=150, origin="c")], (4, 156, 156), "", "the latest"),
    "an old figure printed again": (
        [Said(85), Said(93, at=3, origin="b"), Said(93, at=3, origin="c"), Said(85, at=8, origin="d")], (85, 93, 93), "", "2 origins"),
    "an old figure that an official states again": (
        [Said(85), Said(93, at=3, origin="b"), Said(93, at=3, origin="c"), official(85, 8, "d")], (85, 85, 93), "", ""),
    # none
    "a source says none": ([Said(0)], (0, 0, 0), "", "the only figure"),
    "none is not best once somebody died": ([Said(0), Said(0, origin="b"), Said(1, origin="c")], (0, 1, 1), "", "victims are stated"),
    "an early none gives way": ([official(0), Said(3, at=6, origin="b")], (0, 3, 3), "", "victims are stated"),
    "a later none of nobody's is not best": ([Said(3), Said(0, at=6, origin="b")], (0, 3, 3), "", "victims are stated"),
    "an early none is no measure of what is plausible": ([Said(0), Said(15, at=2, origin="b")], (0, 15, 15), "", "victims are stated"),
    "several early ones are none either": ([Said(0), Said(0, origin="b"), Said(0, origin="c"), Said(15, at=2, origin="d")], (0, 15, 15), "", "victims are stated"),
    "the missing come to none once all are found": ([Said(40, what="missing"), Said(0, at=9, origin="b", what="missing")], (0, 0, 40), "", "the latest figure"),
    "a source takes its own figure back": ([official(3), official(0, 6)], (0, 0, 0), "", "the only figure"),
    "another official cannot take them back": ([Said(3), official(0, 6, "b")], (0, 3, 3), "", "victims are stated"),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name):
    said, bounds, words, reason = SCENARIOS[name]
    claims = supersede(s.claim(n) for n, s in enumerate(said))
    killed = next(f for f in figures(claims) if f.what == said[0].what)
    assert (killed.low, killed.best, killed.high) == bounds
    assert killed.words == words
    assert reason in killed.reason
    ids = {c.claim_id: c for c in claims}
    assert killed.decided_by
    assert all(i in ids for i in (*killed.decided_by, *killed.range_by))
    deciding = [ids[i].claim for i in killed.decided_by]
    stated = {v for c in deciding for v in (c.min, c.max)}
    assert killed.best in stated or killed.best == sum(c.min for c in deciding)


def test_there_are_enough_of_them():
    assert len(SCENARIOS) >= 40


def test_homes_destroyed_and_homes_damaged_are_two_things():
    homes = [
        Said(40, what="damage", of="homes", text="destroyed 40 homes"),
        Said(300, what="damage", of="homes", text="300 homes were damaged"),
        Said(2, what="damage", of="bridges", text="two bridges collapsed"),
    ]
    found = figures(supersede(s.claim(n) for n, s in enumerate(homes)))
    assert [(f.of, f.best) for f in found] == [
        ("bridges destroyed", 2),
        ("homes damaged", 300),
        ("homes destroyed", 40),
    ]


@pytest.mark.parametrize(
    ("of", "text", "thing"),
    [
        ("houses", "40 houses were destroyed", "homes destroyed"),
        ("dwelling", "destroyed a dwelling", "homes destroyed"),
        ("homes", "damaged or destroyed 40 homes", "homes damaged"),
        ("homes", "40 homes were destroyed or damaged", "homes damaged"),
        ("homes", "flooded and destroyed 40 homes", "homes damaged"),
        ("bridge", "a bridge collapsed", "bridges destroyed"),
        ("church", "flattened a church", "churches destroyed"),
        ("factory", "gutted a factory", "factories destroyed"),
        ("cattle", "40 cattle were swept away", "cattle destroyed"),
    ],
)
def test_a_thing_is_counted_under_one_name(of, text, thing):
    (found,) = figures(supersede([Said(40, what="damage", of=of, text=text).claim(0)]))
    assert found.of == thing


def test_totals_of_two_accounts_in_one_document_are_not_two_wholes():
    first, second = Said(10, scope="total").claim(0), Said(3, scope="total").claim(1)
    (found,) = figures(supersede([first, replace(second, mention_id="another")]))
    assert (found.low, found.best, found.high) == (10, 10, 10)


def test_the_same_persons_in_two_accounts_of_one_document_are_counted_once():
    claims = [Said(1, scope="summand").claim(n) for n in range(4)]
    claims = [replace(c, mention_id=f"account {n % 2}") for n, c in enumerate(claims)]
    (found,) = figures(supersede(claims))
    assert found.best == 2


def test_nobody_is_missing_once_the_latest_report_sets_them_aside():
    said = [Said(317, what="missing", scope="total"), Said(317, at=30, origin="paper", what="missing", scope="aside")]
    assert figures(supersede(s.claim(n) for n, s in enumerate(said))) == ()
    assert figures(supersede(s.claim(n) for n, s in enumerate(said[:1])))[0].best == 317


def test_what_is_set_aside_makes_no_figure():
    assert figures(supersede([Said(105, scope="aside").claim(0)])) == ()

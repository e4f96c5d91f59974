import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.identity import article_id, canonical_url
from schemas.records import Article, CopyVerdict, Original, Publisher
from streams.domain.dedupe.dedupe import DedupeState, dedupe

NOON = datetime(2021, 6, 28, 12, tzinfo=UTC)
FIRE = """A wildfire driven by gale-force winds tore through seaside villages near the capital on Monday, killing at
least 20 people and sending hundreds into the sea to escape the flames, the fire brigade said.

Coastguard boats and fishermen picked up more than 700 people from beaches along the eastern coast as houses and
cars burned behind them. Most of the dead were found in their homes or in cars that had been caught in traffic.

The prime minister, who cut short a visit abroad, said that every available crew had been called up. Neighbouring
countries offered aircraft. Meteorologists expect the wind to drop during the night, but not before midnight.

A second blaze west of the city has cut a motorway and a railway line since noon. Officials said that they were
looking into whether any of the fires had been set. The region had its driest spring in a decade."""
STRIKE = """Dockers at the largest container port in the north walked out on Tuesday over plans to automate two of its
five terminals, leaving ships at anchor in the roads and lorries backed up on the motorway behind the gates.

The union said that nearly all of its members had joined the stoppage and that it would last until management put
its plans on hold. The port authority called the walkout unlawful and asked a court to end it."""


def article(title, body, url="https://one.example/a", hours=0.0, source="one.example", **more):
    at = NOON + timedelta(hours=hours)
    return Article(
        article_id=article_id(url, title, body),
        url=url,
        canonical_url=canonical_url(url),
        source=Publisher(domain=source),
        title=title,
        body=body,
        published_at=at,
        fetched_at=at + timedelta(minutes=1),
        **more,
    )


def run(*articles, state=None):
    """The verdict on each article, in order."""
    state = state or DedupeState()
    verdicts = []
    for one in articles:
        state, verdict = dedupe(state, one)
        verdicts.append(verdict)
    return verdicts


def groups(articles, state=None):
    """Sets of addresses that belong together by the verdicts of a run."""
    together = {}
    for one in run(*articles, state=state):
        for record in one.records:
            name, other = (
                (record.article_id, record.copy_of)
                if isinstance(record, CopyVerdict)
                else (record.article.article_id, record.revision_of)
            )
            mine = together.setdefault(name, {name})
            theirs = together.setdefault(other, {other}) if other else mine
            if mine is not theirs:
                mine |= theirs
                together |= dict.fromkeys(mine, mine)
    named = {one.article_id: one.url for one in articles}
    return {frozenset(named[i] for i in group) for group in map(frozenset, together.values())}


def first(a):
    return a.article_id


TITLE = "At least 20 dead as wildfire sweeps through seaside villages"
ORIGINAL = article(TITLE, FIRE)


def test_the_first_of_its_text_is_an_original():
    (verdict,) = run(ORIGINAL)
    assert verdict.record == Original(article=ORIGINAL, reason="first", story_id=first(ORIGINAL))
    assert verdict.store == (first(ORIGINAL),)


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        (TITLE, FIRE, "exact"),
        ("Families flee into the sea as flames reach villages", FIRE.upper().replace("\n", " "), "exact"),
        (
            "Wildfire kills at least 20 near capital",
            "CAPITAL (Meridian Wire) - " + FIRE.replace("tore", "raced"),
            "near",
        ),
        ("Wildfire kills at least 20 near capital", FIRE + "\n\nWith Meridian Wire", "near"),
        ("Wildfire kills at least 20 near capital", "\n\n".join(FIRE.split("\n\n")[:2]), "excerpt"),
        ("Wildfire kills at least 20 near capital", FIRE.split("\n\n", maxsplit=1)[0], "excerpt"),
        (TITLE, "", "excerpt"),
    ],
)
def test_copies_are_told_by_their_kind(title, body, kind):
    copy = article(title, body, url="https://two.example/b", hours=3, source="two.example")
    record = run(ORIGINAL, copy)[1].record
    assert isinstance(record, CopyVerdict)
    assert (record.copy_of, record.kind) == (first(ORIGINAL), kind)
    assert record.similarity == 1.0 if kind == "exact" else 0.7 < record.similarity <= 1.0
    assert (record.title, record.url, record.source.domain) == (title, copy.url, "two.example")


@pytest.mark.parametrize(
    ("title", "body", "url", "hours"),
    [
        ("Wildfire toll rises to 35", FIRE.replace("20", "35"), "https://two.example/b", 4),  # a figure changed
        (TITLE, FIRE.replace("20", "35"), ORIGINAL.url + "?utm_source=x", 30),  # the address again, a day later
        (TITLE, FIRE.replace("driest", "wettest"), ORIGINAL.url, 1),  # the address again, other words
        (TITLE, FIRE + "\n\n" + STRIKE.replace("five", "more"), "https://two.example/b", 2),  # much longer
        ("CORRECTED-" + TITLE, FIRE.replace("700", "70"), "https://two.example/b", 24),  # says so itself
    ],
)
def test_what_changes_a_story_is_a_revision_of_it(title, body, url, hours):
    revision = article(title, body, url=url, hours=hours)
    record = run(ORIGINAL, revision)[1].record
    assert record == Original(
        article=revision, reason="revision", revision_of=first(ORIGINAL), story_id=first(ORIGINAL)
    )


@pytest.mark.parametrize(
    "other",
    [
        article("Dockers walk out over robots", STRIKE, url="https://two.example/b"),
        article("Toll rises to 35 in wildfire", FIRE.replace("20", "35"), url="https://two.example/b", hours=24),
        article(TITLE, FIRE, url="https://two.example/b", hours=49),
        article("Dockers walk out over robots", STRIKE, url=ORIGINAL.url),  # an address used for something new
    ],
    ids=["another story", "the next issue of a template", "beyond reach", "address used again"],
)
def test_other_stories_stay_apart(other):
    assert run(ORIGINAL, other)[1].record.reason == "first"


def test_pages_that_share_only_boilerplate_stay_apart():
    page = "Just one more thing. We have sent you a verification email. Please check your email and click on the link"
    titles = ["4 people shot in southeast Atlanta", "Man killed, boy injured in apparent drive-by shooting"]
    pages = [article(t, page, url=f"https://one.example/{i}") for i, t in enumerate(titles)]
    assert [v.record.reason for v in run(*pages)] == ["first", "first"]


def test_notices_of_one_template_about_other_places_stay_apart():
    text = (
        "An earthquake of magnitude {} struck {} kilometres from {} today, the survey said. People near the epicentre "
        "may have felt light shaking. The survey asks everybody who felt it to fill in the form on its pages, where "
        "maps of the intensity are shown as they are made. This notice was written by a machine and may be revised."
    )
    lima = article("Magnitude 5.1 earthquake near Lima", text.format(5.1, 30, "Lima"), url="https://q.example/1")
    osaka = article("Magnitude 4.4 earthquake near Osaka", text.format(4.4, 12, "Osaka"), url="https://q.example/2")
    assert run(lima, osaka)[1].record.reason == "first"


def test_headlines_without_text():
    one = article("EBay rejects Icahn slate of directors", "", url="https://a.example/1")
    same = article("eBay Rejects Icahn Slate of Directors", "", url="https://b.example/2", hours=2)
    other = article("EBay buys Icahn stake in payments firm", "", url="https://c.example/3", hours=2)
    bare = [article("Live updates", "", url=f"https://d.example/{i}") for i in range(2)]
    records = [v.record for v in run(one, same, other, *bare)]
    assert isinstance(records[1], CopyVerdict)
    assert [r.reason for r in (records[0], *records[2:])] == ["first"] * 4


def test_the_article_that_brings_the_text_of_a_headline_is_worth_reading():
    item = article(TITLE, "", url="https://a.example/1")
    record = run(item, ORIGINAL)[1].record
    assert (record.reason, record.revision_of) == ("revision", first(item))


def test_a_full_text_after_its_excerpts_joins_them():
    parts = FIRE.split("\n\n")
    lead = article("Wildfire kills at least 20", "\n\n".join(parts[:2]), url="https://a.example/1")
    rest = article(
        "Wildfire near villages: second blaze cuts motorway", "\n\n".join(parts[2:]), url="https://b.example/2"
    )
    verdicts = run(lead, rest, ORIGINAL)
    assert [v.record.reason for v in verdicts] == ["first", "first", "revision"]
    (late,) = verdicts[2].late
    joined = {verdicts[2].record.revision_of, late.article_id}
    assert joined == {first(lead), first(rest)}
    assert late.copy_of == first(ORIGINAL)
    assert late.url in (lead.url, rest.url)
    assert set(verdicts[2].store) == {first(ORIGINAL), late.article_id}


def test_a_late_verdict_is_repeated_on_replay_when_its_article_has_left_the_window():
    parts = FIRE.split("\n\n")
    lead = article("Wildfire kills at least 20", "\n\n".join(parts[:2]), url="https://a.example/1")
    rest = article(
        "Wildfire near villages: second blaze cuts motorway", "\n\n".join(parts[2:]), url="https://b.example/2"
    )
    whole = article(TITLE, FIRE, url="https://c.example/3", hours=40)
    state = DedupeState()
    *_, once = run(lead, rest, whole, article("Later", "", url="https://d.example/4", hours=100), whole, state=state)
    assert first(lead) not in state.entries
    assert once.records == run(lead, rest, whole)[2].records
    assert len(once.late) == 1


def test_the_agency_of_a_copy_is_known_from_its_credit_or_from_the_shared_text():
    wire = article(TITLE, "MATI, Greece, July 24 (Meridian Wire) - " + FIRE)
    bare = article("Families flee", FIRE, url="https://b.example/2", hours=1)
    verdicts = run(wire, bare)
    assert verdicts[0].record.article.origin == "meridian wire"
    assert verdicts[1].record.origin == "meridian wire"


def test_replay_gives_the_same_verdicts_and_no_article_is_a_copy_of_itself():
    articles = [
        ORIGINAL,
        article("Wildfire kills at least 20", FIRE, url="https://b.example/2", hours=1),
        article("Wildfire toll rises to 35", FIRE.replace("20", "35"), url="https://c.example/3", hours=2),
        article("Dockers walk out over robots", STRIKE, url="https://d.example/4", hours=2),
    ]
    state = DedupeState()
    once = run(*articles, state=state)
    again = run(*articles, state=state)
    assert [v.records for v in again] == [v.records for v in once]
    assert all(not v.store and not v.forget for v in again)
    assert all(v.record.copy_of != v.record.article_id for v in once if isinstance(v.record, CopyVerdict))


def test_entries_leave_after_the_window_and_no_trace_of_them_stays():
    state = DedupeState()
    run(ORIGINAL, article("Dockers walk out over robots", STRIKE, url="https://d.example/4", hours=1), state=state)
    (verdict,) = run(article("Later", "Nothing of this was told before, said all.", hours=73.5), state=state)
    assert len(verdict.forget) == 2
    run(article("Much later", "", url="https://e.example/5", hours=300), state=state)
    assert len(state.entries) == 1
    assert sum(map(len, state.index()._values)) == len({*state.index()._values[0]}) * len(state.index()._values)
    assert len(state.index()._keys) == 2


def test_a_date_in_the_future_does_not_empty_the_window():
    state = DedupeState()
    run(ORIGINAL, state=state)
    ahead = article("Dockers walk out over robots", STRIKE, url="https://d.example/4")
    ahead = Article(**{n: getattr(ahead, n) for n in ahead.__slots__} | {"published_at": NOON + timedelta(days=900)})
    (verdict,) = run(ahead, state=state)
    assert verdict.forget == ()


def test_state_restored_from_entries_judges_like_the_one_that_wrote_them():
    before = [ORIGINAL, article("Dockers walk out over robots", STRIKE, url="https://d.example/4", hours=1)]
    after = [
        article("Wildfire kills at least 20", FIRE, url="https://b.example/2", hours=2),
        article("Robots: dockers walk out", STRIKE.split("\n\n", maxsplit=1)[0], url="https://f.example/6", hours=3),
        article("Later", "Nothing of this was told before, said all.", hours=74),
    ]
    lived = DedupeState()
    stored = {}
    for one in before:
        _, verdict = dedupe(lived, one)
        stored |= {i: lived.dump(i) for i in verdict.store}
    restored = DedupeState()
    for i in sorted(stored):
        restored.restore(i, stored[i])
    assert restored.entries == lived.entries
    assert run(*before, *after, state=restored) == run(*before, *after, state=lived)


def test_lateness_must_fit_the_window():
    with pytest.raises(ValueError, match="lower it"):
        DedupeState(window=timedelta(hours=1), lateness=timedelta(hours=1))


VOCABULARY = [
    f"{a}{b}{c}" for a in ("bor", "tal", "mir", "sen", "kov") for b in "aeiou" for c in ("nd", "rk", "st", "l")
]


@st.composite
def streams(draw):
    """Stories with their copies, excerpts, rewritten headlines and revisions, within the lateness of each other."""
    rng = random.Random(draw(st.integers(0, 10**6)))
    articles = []
    for story in range(draw(st.integers(1, 4))):
        paragraphs = [" ".join(rng.choices(VOCABULARY, k=40)) + "." for _ in range(6)]
        told = paragraphs[0].split()
        versions = draw(st.lists(st.sampled_from(["copy", "lead", "tail", "edit", "figure", "longer"]), max_size=5))
        for number, version in enumerate(["copy", *versions]):
            body = {
                "copy": paragraphs,
                "lead": paragraphs[:3],
                "tail": paragraphs[2:],
                "edit": [p.replace("a", "o", 1) for p in paragraphs],
                "figure": [*paragraphs, f"It was {number} of 50."],
                "longer": [*paragraphs, *(" ".join(rng.choices(VOCABULARY, k=40)) for _ in range(2))],
            }[version]
            title = " ".join(rng.sample(told, 6))
            url = f"https://s{story}.example/{number}"
            articles.append(article(title, "\n\n".join(body), url=url, hours=rng.uniform(0, 12)))
    return articles


@settings(max_examples=150, deadline=None)
@given(streams(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_originals_and_never_groups(articles, rng):
    shuffled = articles[:]
    rng.shuffle(shuffled)
    found = groups(shuffled)
    assert found == groups(sorted(articles, key=lambda a: a.published_at))
    stories = {}
    for one in articles:
        stories.setdefault(one.url.split("/")[2], set()).add(one.url)
    assert found == {frozenset(urls) for urls in stories.values()}


@settings(max_examples=60, deadline=None)
@given(streams(), st.randoms(use_true_random=False))
def test_replay_repeats_every_verdict_whatever_came_after_it(articles, rng):
    rng.shuffle(articles)
    state = DedupeState()
    once = run(*articles, state=state)
    rng.shuffle(order := list(range(len(articles))))
    again = run(*(articles[i] for i in order), state=state)
    assert [v.records for v in again] == [once[i].records for i in order]


@settings(max_examples=40, deadline=None)
@given(streams(), st.integers(0, 20))
def test_a_restart_in_the_middle_changes_no_verdict(articles, cut):
    lived, before = DedupeState(), run(*articles[:cut], state=(state := DedupeState()))
    restarted = DedupeState()
    for i in {i for v in before for i in v.store}:
        restarted.restore(i, state.dump(i))
    run(*articles[:cut], state=lived)
    overlap = articles[max(0, cut - 2) :]
    assert [v.records for v in run(*overlap, state=restarted)] == [v.records for v in run(*overlap, state=lived)]

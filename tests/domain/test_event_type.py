import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.event_type.classifier import classify_text, classify_texts, type_model
from streams.domain.event_type.features import gist_terms, lexicon, tokens, word_terms
from streams.domain.mentions.mention_type import EventType, by_means
from streams.domain.ontology.types import ontology
from streams.domain.text.embeddings import embed
from streams.evaluate.classify import crosswalk, predict

SAID = {  # none of these sentences is among those that the model learned from
    "Fighter planes bombed a depot outside the town at night and killed three guards.": "explosions/air-drone-strike",
    "Troops took the border town back from insurgents on Monday.": "battles/government-regains-territory",
    "Insurgents have seized the border town from the army.": "battles/non-state-actor-overtakes-territory",
    "A man wearing an explosive belt blew himself up at a bus stop.": "explosions/suicide-bomb",
    "Hundreds of nurses marched to the ministry with banners.": "protests/peaceful-protest",
    "Officers fired tear gas to disperse the marchers.": "protests/protest-with-intervention",
    "A 6.1 magnitude quake damaged houses in the valley.": "disasters/earthquake",
    "A commuter train went off the rails and hit a wall.": "accidents/transport",
    "Hackers encrypted the clinic's files and demand bitcoin.": "cyber/ransomware",
    "The goalkeeper saved a penalty in the cup final.": "other/sport",
}


@pytest.mark.parametrize(("text", "name"), SAID.items())
def test_plain_sentences_get_their_type(text: str, name: str) -> None:
    best = classify_text(text)[0]
    assert f"{best.family}/{best.subtype}" == name


def test_capitals_change_nothing() -> None:
    for text in SAID:
        assert classify_text(text.upper()) == classify_text(text)


def test_gist_tells_who_did_it_to_whom() -> None:
    army = gist_terms(tokens("troops retook the town from rebels"))
    rebels = gist_terms(tokens("rebels seized the town from troops"))
    assert "state capture ground" in army
    assert "rebel capture ground" in rebels


def test_seeds_count_whole_words_unless_starred() -> None:
    names = [t.name for t in ontology().types]
    riot = names.index("riots/violent-demonstration")
    assert lexicon().evidence(["a", "riot"])[riot] > 0
    assert lexicon().evidence(["the", "patriot"])[riot] == 0
    quake = names.index("disasters/earthquake")
    assert lexicon().evidence(["earthquakes"])[quake] > 0


def test_scores_are_the_sum_of_their_evidence() -> None:
    model, text = type_model(), "Rebels fired rockets at the port, and the army shelled them."
    words = tokens(text)
    dense = model.bias.astype(np.float64)
    for vocabulary, weights, terms in (
        (model.words, model.word_weights, word_terms(words)),
        (model.gist, model.gist_weights, gist_terms(words)),
    ):
        known = [t for t in terms if t in vocabulary.terms]
        rarity = {t: float(vocabulary.rarity[vocabulary.terms[t]]) for t in known}
        norm = sum(r * r for r in rarity.values()) ** 0.5
        for term in known:
            dense = dense + vocabulary.length * rarity[term] / norm * weights[vocabulary.terms[term]]
    dense = dense + lexicon().evidence(words) @ model.seed_weights + embed([text])[0] @ model.vector_weights
    expected = np.exp(dense - dense.max())
    assert np.allclose(model.probabilities([text])[0], expected / expected.sum(), atol=1e-5)


@settings(max_examples=50)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=4))
def test_any_text_gets_an_answer_alone_or_in_company(texts: list[str]) -> None:
    together = classify_texts(texts)
    for text, guesses in zip(texts, together, strict=True):
        assert guesses == sorted(guesses, key=lambda g: -g.probability)
        assert 0 < sum(g.probability for g in guesses) <= 1.001
        assert [(g.family, g.subtype) for g in guesses] == [(g.family, g.subtype) for g in classify_text(text)] or (
            guesses[0].probability == pytest.approx(classify_text(text)[0].probability, abs=1e-4)
        )


def test_title_is_read_with_the_text() -> None:
    assert classify_text("Officials gave no details.", title="Volcano erupts on island")[0].subtype == "volcano"


def test_predictions_are_labels_of_the_crosswalk_in_order() -> None:
    rows = [{"id": str(n), "text": text} for n, text in enumerate(SAID)]
    said = list(predict(rows))
    assert [p["id"] for p in said] == [r["id"] for r in rows]
    assert said[0]["label"] == "AIR_STRIKE"
    assert said[1]["label"] == "GOV_REGAINS_TERIT"
    labels, of_type = crosswalk()
    assert all(p["label"] in labels for p in said)
    assert set(of_type.sum(axis=1).tolist()) == {0.0, 1.0}


@pytest.mark.parametrize(
    ("text", "subtype"),
    [
        ("Three men died when jets bombed a depot near the river.", "air-drone-strike"),
        ("A depot was bombed by government aircraft.", "air-drone-strike"),
        ("Helicopters struck the bridge.", "air-drone-strike"),
        ("A bomb hidden in a truck went off near an air base.", "remote-bomb"),
        ("Rebels bombed a depot, and aircraft were sent.", "remote-bomb"),
    ],
)
def test_what_aircraft_bomb_is_no_planted_bomb(text, subtype):
    assert by_means(EventType("explosions", "remote-bomb"), text) == ("explosions", subtype)
    assert by_means(EventType("accidents", "transport"), text) == ("accidents", "transport")

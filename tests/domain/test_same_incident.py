"""What is compared of two passages, in columns over all pairs, is what a comparison of the two alone gives."""

from datetime import UTC, datetime

import numpy as np

from schemas.records import Article, Publisher
from streams.domain.mentions.learned_groups import group_passages
from streams.domain.mentions.passage_chances import passage_chances
from streams.domain.mentions.same_incident import pair_features
from streams.domain.text.document import open_document

TEXT = (
    "A bomb killed 12 people in Kabul on Monday, police said. The blast hit a market in Kabul. "
    "A week ago, on 2 March 2021, gunmen shot dead three teachers in Herat. Police in Herat arrested a man on 3 March 2021. "
    "The Taliban said that they had no part in the bombing of the market. Rain is expected."
)


AT = datetime(2021, 3, 16, tzinfo=UTC)
ARTICLE = Article(
    article_id="a", url="", source=Publisher(domain="wire.example"), title="Bomb kills 12 in Kabul market", body=TEXT, lang="en",
    published_at=AT, fetched_at=AT,
)  # fmt: skip


def test_columns_of_pairs_say_what_each_pair_shares():
    document = open_document(ARTICLE)
    told = [g.members[0] for g in group_passages(document, passage_chances(document), None, least=-1.0, link=1.0)]
    pairs = [(i, j) for j in range(len(told)) for i in range(j)]
    found = pair_features(told, pairs)
    seen = set()
    for row, (i, j) in zip(found, pairs, strict=True):
        a, b = told[i], told[j]
        shared = len(a.names & b.names)
        stems = len(a.stems & b.stems) / (1 + min(len(a.stems), len(b.stems)))
        both = a.time is not None and b.time is not None
        meet = both and a.time.start <= b.time.end and b.time.start <= a.time.end
        near = both and max((a.time.start - b.time.end).days, (b.time.start - a.time.end).days) <= 3
        apart = bool(a.places) and bool(b.places) and not a.places & b.places
        said = [
            shared > 0,
            min(shared, 4) / 2,
            stems,
            meet,
            near and not meet,
            both and not meet and not near,
            not both,
        ]
        assert row[7:14].tolist() == np.array(said, dtype=np.float32).tolist()
        assert row[15:17].tolist() == [bool(a.places & b.places), apart]
        assert row[38:40].tolist() == [
            bool(a.sources & b.sources),
            bool(a.sources) and bool(b.sources) and not a.sources & b.sources,
        ]
        seen.add((shared > 0, meet, near, apart))
    assert len(seen) > 3

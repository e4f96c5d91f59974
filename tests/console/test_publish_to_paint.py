"""How publish to paint is counted."""

from tests.benchmarks.bench_console import publish_to_paint


def test_an_article_is_painted_with_its_version_or_a_later_one():
    sent = {"a": 1.0, "b": 2.0, "never": 3.0, "still to come": 4.0}
    made = [("a", "i", 1), ("b", "i", 2), ("a", "j", 1), ("still to come", "i", 4), ("before them", "i", 3)]
    painted = {"i": [(1, 1_500), (3, 4_000)], "j": [(1, 1_250)]}
    assert publish_to_paint(sent, made, painted) == [0.25, 2.0]

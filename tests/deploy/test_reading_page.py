import html
import re
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from deploy.actions.analyze import analyze_article
from deploy.actions.reading_page import page
from deploy.cli import app

AT = datetime(2021, 6, 28, 12, tzinfo=UTC)
SEED = Path(__file__).parents[1] / "domain" / "seed_article.txt"


def shown(markup):
    """The article's text as the page shows it, marks and their numbers taken off."""
    text = markup.split('<section id="text">')[1].split("</section>")[0]
    return html.unescape(re.sub(r"<sup.*?</sup>|<[^>]*>", "", text))


def read(text, title="A title"):
    return page(analyze_article(text, title=title, published=AT, url="", now=AT))


@settings(max_examples=30)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1).filter(str.strip))
def test_the_text_is_shown_whole_whatever_it_is(text):
    assert shown(read(text)) == text


def test_markup_of_the_article_stays_text():
    markup = read(
        "<script>alert(1)</script> Five people were killed in Rome on Sunday, police said.", title='"><img src=x>'
    )
    assert "<script" not in markup
    assert "<img" not in markup


def test_each_claim_stands_beside_its_source_and_marks_its_words():
    markup = read(SEED.read_text(encoding="utf-8"))
    rows = re.findall(r'<tr><td class="value">(.*?)</td><td>.*?</td><td>(.*?) <span', markup)
    assert ("killed 10", "The Pentagon") in rows
    assert ("killed At least five", "the Syrian Observatory for Human Rights") in rows
    assert re.search(
        r'<mark class="main[^"]* claim" [^>]*title="killed 10: The Pentagon[^>]*>10 combatants killed</mark>', markup
    )


def test_the_command_writes_the_page(tmp_path):
    out = tmp_path / "reading.html"
    ran = CliRunner().invoke(app, ["analyze", str(SEED), "--published", "2021-06-28", "--html", str(out)])
    assert ran.exit_code == 0, ran.output
    assert out.read_text(encoding="utf-8").count("<article ") > 5

import pytest

from connectors.sources.credit import credited_agency

BODY = "Two people died on Monday, police said.\n\nThe river rose."


@pytest.mark.parametrize(
    ("body", "byline", "agency"),
    [
        ("GENOA, Italy, Aug 14 (Meridian Wire) - A bridge fell.", None, "meridian wire"),
        ("LONDON (Reuters) - Shares rose.", None, "reuters"),
        ("WASHINGTON (AP) — The Senate voted.", None, "ap"),
        ("Berlin (dpa) - Im Fall", None, "dpa"),
        (BODY, "Agence France-Presse", "afp"),
        (BODY, "By Jane Doe, Associated Press", "ap"),
        (BODY, "The Canadian Press", "cp"),
        (BODY, "Jane Doe", None),
        (BODY, "Ani Papadopoulou", None),
        (BODY + "\n\nWith AFP\n\nSubscribe", None, "afp"),
        (BODY + "\n\nMeridian Wire contributed to this report", None, "meridian wire"),
        (BODY + "\n\n(With inputs from ANI)", None, "ani"),
        (BODY + "\n\nAdditional reporting by Meridian Wire", "Tom Arkwright", "meridian wire"),
        (BODY + "\n\nAccording to the official Syrian agency Sana, one child was killed.", None, None),
        ("The wire (thin as a hair) - snapped.", None, None),
        ("", None, None),
    ],
)
def test_credits(body, byline, agency):
    assert credited_agency(body, byline) == agency


def test_long_input_is_quick():
    credited_agency("A B " * 100_000 + "\n" + "Aa " * 29 + "\n" + "A" * 200_000, "Aa " * 300)

"""Tokens in a file: exchanged while a server runs, and never lost to a file that is half written."""

import pytest

from schemas.transport.tokens import Tokens, newest

OLD, NEW = "an-old-token-of-ours", "the-new-token-of-ours"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "token"
    path.write_text(OLD + "\n")
    return path


def replace(file, text):
    """As a mounted secret changes: another file under the same name."""
    other = file.with_suffix(".new")
    other.write_text(text)
    other.replace(file)


def test_both_are_taken_during_an_exchange_and_one_after_it(file):
    tokens = Tokens(file.read_text(), file)
    assert [tokens.accepts(t) for t in (OLD, NEW)] == [True, False]
    replace(file, f"{NEW}\n{OLD}\n")
    assert [tokens.accepts(t) for t in (OLD, NEW)] == [True, True]
    assert newest(file.read_text()) == NEW
    replace(file, NEW)
    assert [tokens.accepts(t) for t in (OLD, NEW)] == [False, True]


@pytest.mark.parametrize("bad", ["", "\n \n", "short", f"{NEW}\nshort"])
def test_a_file_that_cannot_be_used_changes_nothing_and_is_told(file, bad, caplog):
    tokens = Tokens(file.read_text(), file)
    replace(file, bad)
    assert [tokens.accepts(t) for t in (OLD, NEW, "", "short")] == [True, False, False, False]
    assert str(file) in caplog.text
    assert not any(t in caplog.text for t in (OLD, NEW))
    file.unlink()
    assert tokens.accepts(OLD)
    replace(file, NEW)
    assert [tokens.accepts(t) for t in (OLD, NEW)] == [False, True]


def test_without_tokens_there_are_none_whatever_comes():
    assert not Tokens()
    assert not Tokens().accepts("")
    with pytest.raises(ValueError, match="16 characters"):
        Tokens("short")

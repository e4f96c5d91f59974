"""A statement as the engine's own lexer cuts it, without its comments."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from connectors.sinks.contract import QueryRefused, literal

READONLY, SYNTAX, LOOSER = 164, 62, 452  # error numbers of ClickHouse
READING = ("SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN")
BETWEEN_TOKENS = frozenset({"Whitespace", "Comment"})
# The tokens of a reading statement: no second statement, no here document, nothing that the lexer calls an error.
PUNCTUATION = re.compile(r"[(){}\[\],.*+\-/%?:=<>!|@^]+")
WORDS_AND_VALUES = frozenset({"BareWord", "Number", "StringLiteral", "QuotedIdentifier"})
EXPLAINED = re.compile(r"EXPLAIN(?: AST| SYNTAX| PLAN| PIPELINE| ESTIMATE| QUERY TREE)?$")


class Refused(QueryRefused):
    """The gateway refuses a statement or a setting; the message names the part, `code` is ClickHouse's."""

    def __init__(self, reason: str, code: int = READONLY) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {reason}", code)


class Token(NamedTuple):
    """One token; `text` as it was written, `apart` from the one before by a blank or a comment."""

    kind: str
    text: str
    apart: bool = False

    @property
    def word(self) -> str:
        """The keyword that it may be, in capitals; empty for others. A quoted name is never a keyword."""
        return self.text.upper() if self.kind == "BareWord" else ""

    @property
    def name(self) -> str:
        """The identifier that it may be; empty for others."""
        if self.kind == "QuotedIdentifier":
            return self.text[1:-1].replace(self.text[0] * 2, self.text[0])
        return self.text if self.kind == "BareWord" else ""


@dataclass(frozen=True)
class Statement:
    """One statement: its tokens without blanks and comments."""

    tokens: tuple[Token, ...]

    @cached_property
    def sql(self) -> str:
        """Its text, with one blank wherever blanks and comments stood."""
        return "".join(" " * token.apart + token.text for token in self.tokens).strip()

    @cached_property
    def head(self) -> str:
        """Its first keyword."""
        return next((token.word for token in self.tokens if token.text != "("), "")

    @cached_property
    def skeleton(self) -> str:
        """One word for each token: keywords and names in small letters, quoted names as `q`, values as 's' and 9."""
        signs = {"StringLiteral": "'s'", "QuotedIdentifier": "`q`", "Number": "9"}
        return " ".join(signs.get(token.kind, token.text.lower()) for token in self.tokens)

    def threes(self) -> Iterator[tuple[Token, Token, Token]]:
        """Every token with the one before and the one after; empty ones at the ends."""
        return _threes(self.tokens)

    @cached_property
    def form(self) -> str | None:
        """The output format that it names; None when it names none."""
        for before, token, after in reversed(list(self.threes())):
            if token.word == "FORMAT" and before.text != "." and after.kind == "BareWord":
                return after.text
        return None


def cut(sql: str, ask: Callable[[str], bytes]) -> Statement:
    """Cut `sql` with the engine's lexer, called through `ask`; nothing is parsed or run. Raises Refused."""
    raw = sql.encode()
    answer = ask(f"SELECT arrayJoin(tokenizeQuery({literal(sql)})) AS t, t.1, t.2, t.3").decode()
    parts = [line.split("\t")[1:] for line in answer.splitlines()]
    tokens = [Token(kind, raw[int(start) : int(end)].decode("utf-8", "replace")) for start, end, kind in parts]
    if "".join(token.text for token in tokens) != sql:
        raise Refused("the statement is not text that the engine can read", SYNTAX)
    return _judged(tokens)


def without_settings(statement: Statement) -> tuple[Statement, dict[str, str]]:
    """The statement without its SETTINGS, and these; a clause inside a subquery stays and is refused by the gate."""
    tokens, kept, settings, depth, at = statement.tokens, list[Token](), dict[str, str](), 0, 0
    while at < len(tokens):
        depth += {"(": 1, ")": -1}.get(tokens[at].text, 0)
        is_clause = tokens[at].word == "SETTINGS" and depth == 0 and at and tokens[at - 1].text != "."
        if is_clause and _is_pair(tokens, at + 1):
            at = _take_pairs(tokens, at + 1, settings)
            continue
        kept.append(tokens[at])
        at += 1
    return Statement(tuple(kept)), settings


def explains_with_settings(statement: Statement) -> bool:
    """Whether an EXPLAIN begins with settings of its own, such as `EXPLAIN PLAN actions = 1 SELECT ...`."""
    words = list[str]()
    for token, after in zip(statement.tokens, statement.tokens[1:], strict=False):
        if after.text == "=":
            return bool(EXPLAINED.match(" ".join(words)))
        words.append(token.word)
    return False


def _judged(tokens: Sequence[Token]) -> Statement:
    """The statement of these tokens. Raises Refused when it is not one that reads, from its first word to its end."""
    spoken = [
        token._replace(apart=before.kind in BETWEEN_TOKENS)
        for before, token, _ in _threes(tokens)
        if token.kind not in BETWEEN_TOKENS
    ]
    while spoken and spoken[-1].kind == "Semicolon":
        spoken.pop()
    statement = Statement(tuple(spoken))
    if statement.head not in READING:
        raise Refused(f"this gateway is read-only; it accepts {', '.join(sorted(READING))}")
    for token in spoken:
        if token.kind == "Semicolon":
            raise Refused("one statement at a time")
        if token.kind not in WORDS_AND_VALUES and not PUNCTUATION.fullmatch(token.text):
            raise Refused(f"{token.text!r} ({token.kind}) is not allowed in a reading statement", SYNTAX)
        if token.kind == "QuotedIdentifier" and ("\\" in token.text or not token.text.isprintable()):
            raise Refused(f"the name {token.text!r} has characters that names do not have here")
    for before, token, _ in _threes(spoken):
        if before.word == "INTO" and token.word == "OUTFILE":
            raise Refused("INTO OUTFILE would write a file where the engine runs; write the answer to a file yourself")
    return statement


def _threes(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token, Token]]:
    nothing = Token("", "")
    yield from zip((nothing, *tokens), tokens, (*tokens[1:], nothing), strict=False)


def _is_pair(tokens: Sequence[Token], at: int) -> bool:
    return len(tokens) > at + 2 and bool(tokens[at].name) and tokens[at + 1].text == "="


def _take_pairs(tokens: Sequence[Token], at: int, settings: dict[str, str]) -> int:
    """Read `name = value, ...` from `at` into `settings`; where it ends."""
    while True:
        if not _is_pair(tokens, at):
            raise Refused("SETTINGS takes name = value, name = value", SYNTAX)
        name, sign = tokens[at].name, tokens[at + 2].text == "-"
        value = tokens[min(at + 2 + sign, len(tokens) - 1)]
        if value.kind == "StringLiteral":
            text = re.sub(r"\\(.)", r"\1", value.text[1:-1]).replace("''", "'")
        elif value.kind == "Number" or value.word in {"TRUE", "FALSE"}:
            text = {"TRUE": "1", "FALSE": "0"}.get(value.word, value.text)
        else:
            raise Refused(f"the value of the setting {name} must be a number or a string", SYNTAX)
        if settings.setdefault(name, "-" * sign + text) != "-" * sign + text:
            raise Refused(f"the setting {name} has two values")
        at += 3 + sign
        if at >= len(tokens) or tokens[at].text != ",":
            return at
        at += 1

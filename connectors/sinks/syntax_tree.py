"""The tree that `EXPLAIN AST` prints: one node a line, a blank of indentation for each level."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from connectors.sinks.statements import SYNTAX, Refused

CHILDREN = re.compile(r" \(children (\d+)\)$")
ALIAS = re.compile(r" \(alias .*$")


@dataclass(slots=True)
class Node:
    """A node of the parser: its kind, such as Function, and what is printed of it, such as the function's name."""

    kind: str
    text: str
    children: "list[Node]" = field(default_factory=list)

    def walk(self) -> Iterator[tuple["Node", tuple["Node", ...]]]:
        """Every node under this one, itself first, each with up to two above it, the nearest last."""
        waiting: list[tuple[Node, tuple[Node, ...]]] = [(self, ())]
        while waiting:
            node, above = waiting.pop()
            yield node, above
            waiting += [(child, (*above, node)[-2:]) for child in reversed(node.children)]


def read_tree(lines: Sequence[str]) -> Node:
    """The one tree that the lines are. Raises Refused unless every node has as many children as it says."""
    root = Node("", "")
    path, missing = [root], [1]
    for line in lines:
        depth = len(line) - len(line.lstrip(" ")) + 1
        if depth >= len(path) + 1 or not missing[depth - 1]:
            raise Refused("the engine's tree of the statement cannot be read", SYNTAX)
        said = CHILDREN.search(line)
        kind, _, text = ALIAS.sub("", CHILDREN.sub("", line)).strip(" ").partition(" ")
        if any(missing[depth:]):
            raise Refused("the engine's tree of the statement has gaps", SYNTAX)
        del path[depth:], missing[depth:]
        missing[-1] -= 1
        path.append(Node(kind, text))
        path[-2].children.append(path[-1])
        missing.append(int(said.group(1)) if said else 0)
    if any(missing):
        raise Refused("the engine's tree of the statement is incomplete", SYNTAX)
    return root.children[0]

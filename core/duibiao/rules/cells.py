"""The nodes of a program as a flat list in which equal nodes are one cell and every cell comes after those it needs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import get_args

from attrs import define, field, fields

from duibiao.rules.nodes import NUMERIC_NODES, TRUE, Fixed, Flag, Input, Node, Read, children

FACT, JUDGEMENT, DECLARED = 1, 2, 4
"""What can leave a cell open: a missing fact, an awaited judgement, an author's own «unknown»; sums of these."""


@define
class Cell:
    """One distinct node.

    Attributes:
        node: The node.
        args: Cells of its children.
        uses: How many cells and results refer to it.
        numeric: Whether it is a number.
        open_by: What can leave it open.
    """

    node: Node
    args: tuple[int, ...]
    uses: int = 0
    numeric: bool = True
    open_by: int = 0


@define
class Sheet:
    """All cells of a program.

    Attributes:
        inputs: Inputs in slot order.
        cells: Cells, children first.
        slots: Input to slot.
    """

    inputs: tuple[Input, ...]
    cells: list[Cell] = field(factory=list)
    slots: dict[Input, int] = field(factory=dict)
    _index: dict[int, int] = field(factory=dict)
    _known: dict[tuple[object, ...], int] = field(factory=dict)
    _kept: list[Node] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.slots = {each: i for i, each in enumerate(self.inputs)}

    def place(self, root: Node) -> int:
        """The cell of *root*, made (with everything below it) if it is new."""
        stack: list[tuple[Node, bool]] = [(root, False)]
        while stack:
            node, ready = stack.pop()
            if id(node) in self._index:
                continue
            if not ready:
                stack.append((node, True))
                stack.extend((child, False) for child in children(node))
            else:
                self._add(node)
        return self._index[id(root)]

    def cell_of(self, node: Node) -> int:
        """The cell of a node that was placed before."""
        return self._index[id(node)]

    def find(self, node: Node) -> int | None:
        """The cell of a node, or None when it was never placed."""
        return self._index.get(id(node))

    def _add(self, node: Node) -> None:
        args = tuple(self._index[id(child)] for child in children(node))
        key = (type(node), args, *_own(node))
        found = self._known.get(key)
        if found is None:
            found = len(self.cells)
            self._known[key] = found
            open_by = reduce(or_, (self.cells[arg].open_by for arg in args), _opens(node))
            self.cells.append(Cell(node, args, 0, isinstance(node, NUMERIC_NODES), open_by))
            for arg in args:
                self.cells[arg].uses += 1
        self._index[id(node)] = found
        self._kept.append(node)  # an id is only unique while its object lives

    def inputs_below(self, index: int) -> set[Input]:
        """Every input that the cell rests on."""
        found: set[Input] = set()
        stack, seen = [index], set[int]()
        while stack:
            each = stack.pop()
            if each in seen:
                continue
            seen.add(each)
            node = self.cells[each].node
            if isinstance(node, Read | Flag):
                found.add(node.input)
            stack.extend(self.cells[each].args)
        return found


def _opens(node: Node) -> int:
    """What the node itself can leave open."""
    if isinstance(node, Read | Flag):
        return JUDGEMENT if node.input.judged else FACT
    return DECLARED if isinstance(node, Fixed) and node.code > TRUE else 0


_BESIDE = ("value", "input", "factor", "rounding", "cuts", "values", "code", "op")
_OWN = {kind: tuple(each.name for each in fields(kind) if each.name in _BESIDE) for kind in get_args(Node)}
"""What nodes of a kind have beside their children."""


def _own(node: Node) -> tuple[object, ...]:
    return tuple([getattr(node, name) for name in _OWN[type(node)]])


def sheet_of(inputs: Iterable[Input], roots: Iterable[Node]) -> Sheet:
    """A sheet with all *roots* placed and counted as used."""
    sheet = Sheet(tuple(inputs))
    for root in roots:
        sheet.cells[sheet.place(root)].uses += 1
    return sheet

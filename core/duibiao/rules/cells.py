"""The nodes of a program as a flat list in which equal nodes are one cell and every cell comes after those it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any, get_args

from attrs import define, field, fields

from duibiao.rules.nodes import NUMERIC_NODES, TRUE, Fixed, Flag, Input, Node, Read, children

FACT, JUDGEMENT, DECLARED = 1, 2, 4
"""What can leave a cell open: a missing fact, an awaited judgement, an author's own «unknown»; sums of these."""
_ROOM = 60
"""So many levels of nodes are placed by recursion, which is fast; what lies deeper is placed from a stack."""
_READS = (Read, Flag)
_NUMERIC = frozenset(NUMERIC_NODES)
_BESIDE = ("value", "input", "factor", "rounding", "cuts", "values", "code", "op")


def _own(kind: type[Node]) -> Callable[[Any], object] | None:
    """Reads what nodes of a kind have beside their children; None where that is nothing."""
    names = [each.name for each in fields(kind) if each.name in _BESIDE]
    return attrgetter(*names) if names else None


_OWN: Mapping[type, Callable[[Any], object] | None] = {kind: _own(kind) for kind in get_args(Node)}
"""What tells two nodes of a kind with the same children apart."""


@define
class Cell:
    """One distinct node.

    Attributes:
        node: The node.
        args: Cells of its children.
        uses: How many cells and results refer to it.
        numeric: Whether it is a number.
        open_by: What can leave it open.
        below: Inputs that it rests on, a bit per slot, and a bit beyond them for an author's own «unknown».
    """

    node: Node
    args: tuple[int, ...]
    uses: int = 0
    numeric: bool = True
    open_by: int = 0
    below: int = 0


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
    _known: dict[type, dict[object, int]] = field(factory=lambda: {kind: {} for kind in _OWN})
    _kept: list[Node] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.slots = {each: i for i, each in enumerate(self.inputs)}

    def place(self, root: Node, room: int = _ROOM) -> int:
        """The cell of *root*, made (with everything below it) if it is new; *room* is how far to recurse."""
        found = self._index.get(id(root))
        if found is not None:
            return found
        below, kind = children(root), type(root)
        own, known = _OWN[kind], self._known[kind]
        if below:
            if not room:
                self._place_deep(below)
            args = tuple([self.place(child, room - 1) for child in below])
            key: object = args if own is None else (args, own(root))
        else:
            args, key = (), None if own is None else own(root)
        found = known.get(key)
        if found is None:
            found = known[key] = len(self.cells)
            self.cells.append(self._leaf(root) if not args else self._cell(root, args))
        self._index[id(root)] = found
        self._kept.append(root)  # an id is only unique while its object lives
        return found

    def _leaf(self, node: Node) -> Cell:
        if isinstance(node, _READS):
            return Cell(node, (), 0, type(node) is Read, JUDGEMENT if node.input.judged else FACT, 1 << self.slots[node.input])
        if isinstance(node, Fixed) and node.code > TRUE:
            return Cell(node, (), 0, False, DECLARED, 1 << len(self.slots))
        return Cell(node, (), 0, type(node) in _NUMERIC)

    def _cell(self, node: Node, args: tuple[int, ...]) -> Cell:
        open_by = below = 0
        for arg in args:
            cell = self.cells[arg]
            cell.uses += 1
            open_by |= cell.open_by
            below |= cell.below
        return Cell(node, args, 0, type(node) in _NUMERIC, open_by, below)

    def _place_deep(self, roots: Iterable[Node]) -> None:
        """Makes the cells of *roots* and of what lies below, however deep that is."""
        stack = list(roots)
        while stack:
            new = [child for child in children(stack[-1]) if id(child) not in self._index]
            stack += new
            if not new:
                self.place(stack.pop())

    def cell_of(self, node: Node) -> int:
        """The cell of a node that was placed before."""
        return self._index[id(node)]

    def find(self, node: Node) -> int | None:
        """The cell of a node, or None when it was never placed."""
        return self._index.get(id(node))

    def inputs_below(self, index: int) -> list[Input]:
        """Every input that the cell rests on, in slot order."""
        return [self.inputs[slot] for slot in places(self.cells[index].below) if slot < len(self.inputs)]


def places(bits: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1


def sheet_of(inputs: Iterable[Input], roots: Iterable[Node]) -> Sheet:
    """A sheet with all *roots* placed and counted as used."""
    sheet = Sheet(tuple(inputs))
    for root in roots:
        sheet.cells[sheet.place(root)].uses += 1
    return sheet

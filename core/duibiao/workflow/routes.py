"""Which stages a unit goes through, and in what order: tracks, successors, joins."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from duibiao.model.facts import Unit
from duibiao.model.process import Stage
from duibiao.model.standard import Standard


def tracks(standard: Standard, unit: Unit) -> tuple[str, ...]:
    """The parallel tracks open to *unit*, in order; empty where the standard has none."""
    return tuple(dict.fromkeys(each.track for each in standard.stages if each.track and _for(each, unit)))


def route(standard: Standard, unit: Unit, track: str = "") -> tuple[Stage, ...]:
    """The stages of *unit* on *track*, in the order of the file.

    Where only one track is open to the unit it need not be named; where several are and none is named,
    only what they share is returned. Empty for a unit of a kind that the standard does not assess.
    """
    if standard.header.unit_kinds and unit.kind not in standard.header.unit_kinds:
        return ()
    open_to = tracks(standard, unit)
    mine = track or (open_to[0] if len(open_to) == 1 else "")
    return tuple(each for each in standard.stages if _for(each, unit) and each.track in ("", mine))


def _for(stage: Stage, unit: Unit) -> bool:
    return not stage.unit_kinds or unit.kind in stage.unit_kinds


def follows(standard: Standard, unit: Unit, stage: str, track: str = "") -> tuple[str, ...]:
    """Ids of the stages that *stage* leads to on the unit's route: its ``next``, or the one below it.

    A successor that is for other kinds of unit is passed over: what it leads to takes its place.
    Empty where the route ends. KeyError when *stage* is not on the route.
    """
    mine = route(standard, unit, track)
    known = {each.id: each for each in mine}
    every = {each.id: each for each in standard.stages}
    found: list[str] = []
    waiting, seen = list(_after(known[stage], mine)), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if name in known:
            found.append(name)
        else:
            waiting = [*_after(every[name], standard.stages), *waiting]
    return tuple(found)


def _after(stage: Stage, among: Iterable[Stage]) -> tuple[str, ...]:
    if stage.next:
        return stage.next
    order = [each.id for each in among]
    place = order.index(stage.id) + 1
    return tuple(order[place : place + 1])


def comes_from(standard: Standard, unit: Unit, stage: str, track: str = "") -> tuple[str, ...]:
    """Ids of the stages of the unit's route that lead to *stage*: it is entered when all of them are passed."""
    mine = route(standard, unit, track)
    return tuple(each.id for each in mine if stage in follows(standard, unit, each.id, track))


def before(standard: Standard, unit: Unit, stage: str, track: str = "") -> frozenset[str]:
    """Ids of every stage of the unit's route that has to be passed before *stage*, at whatever distance."""
    return _reach(stage, lambda name: comes_from(standard, unit, name, track))


def beyond(standard: Standard, unit: Unit, stage: str, track: str = "") -> frozenset[str]:
    """Ids of every stage of the unit's route that comes after *stage*, at whatever distance."""
    return _reach(stage, lambda name: follows(standard, unit, name, track))


def _reach(start: str, step: Callable[[str], tuple[str, ...]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(step(start))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += step(name)
    return frozenset(found)


def opening(standard: Standard, unit: Unit, track: str = "") -> tuple[str, ...]:
    """Ids of the stages that a new case of *unit* enters: those that no other stage of its route leads to."""
    mine = route(standard, unit, track)
    led_to = {name for each in mine for name in follows(standard, unit, each.id, track)}
    return tuple(each.id for each in mine if each.id not in led_to)


def circle(stages: Iterable[Stage]) -> tuple[str, ...]:
    """Ids of stages that lead back to where they began, in that order; empty when none do."""
    listed = tuple(stages)
    after = {each.id: tuple(name for name in _after(each, listed)) for each in listed}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if name in path:
            return (*path[path.index(name) :], name)
        if name in done or name not in after:
            return ()
        found = next((loop for each in after[name] if (loop := walk(each, (*path, name)))), ())
        done.add(name)
        return found

    return next((loop for each in listed if (loop := walk(each.id, ()))), ())


__all__ = ["before", "beyond", "circle", "comes_from", "follows", "opening", "route", "tracks"]

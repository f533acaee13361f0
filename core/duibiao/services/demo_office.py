"""A workspace to try things in: real units, example facts marked as such, and cases at every stage of every process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from attrs import evolve, frozen

from duibiao.model.facts import FactSet, Unit
from duibiao.model.notation import literal_of
from duibiao.model.process import LEVELS
from duibiao.model.standard import Standard
from duibiao.registry import Registry
from duibiao.services import cases, papers, rounds
from duibiao.services.demo import worked_examples
from duibiao.services.desk import Desk
from duibiao.services.office import create
from duibiao.services.units import import_register
from duibiao.store import units as register
from duibiao.store.records import save_facts
from duibiao.store.rights import SINGLE, Operator
from duibiao.store.workspace import Workspace
from duibiao.workflow.blocks import Block
from duibiao.workflow.routes import route

PERSON = Operator("demo", "演示员", (SINGLE,), LEVELS)
WEEK = timedelta(days=7)
PROVINCE = "31"
SHARE = "50%"
"""The sources give no share for their samples; the demonstration draws half, and says so where the sample is shown."""

Say = Callable[[str, int], object]


@frozen
class Show:
    """One process of the demonstration.

    Attributes:
        standard: Standard id.
        begins: The day on which its cases are opened.
        kinds: Kinds of the units taken.
        under: Beginning of the codes of the units.
    """

    standard: str
    begins: date
    kinds: tuple[str, ...]
    under: str


SHOWS = (
    Show("jiangsu.wujin.community", date(2012, 11, 1), ("居委会",), "320412"),
    Show("jiangsu.yixing.city", date(2012, 10, 8), ("县级市",), "320282"),
    Show("shanghai.qingpu.committee", date(2011, 3, 7), ("居委会",), "310118"),
    Show("shanghai.qingpu.street", date(2011, 3, 7), ("街道", "镇"), "310118"),
    Show("national.community", date(2008, 11, 3), ("居委会",), "310104"),
    Show("daxinganling.station", date(2012, 5, 7), ("居委会",), "2327"),
)


@frozen
class Made:
    """What was made of one process.

    Attributes:
        standard: Standard id.
        cases: Case id to the stages it is in now.
    """

    standard: str
    cases: Mapping[str, tuple[str, ...]]


def make(folder: str, registry: Registry, say: Say = lambda name, count: None) -> tuple[Workspace, list[Made]]:
    """Make the workspace; it stays open. BadInputError E_EXISTS when there is one already. *say* hears how far it is."""
    shows = [each for each in SHOWS if each.standard in registry.headers]
    space = create(folder, "演示办公室", "", PERSON)
    try:
        homes = sorted({registry.header(each.standard).jurisdiction for each in shows} - {"national"})
        # The nation's ratios are counted over a province, so one province is there whole.
        found = import_register(space, registry, PERSON.id, [*homes, PROVINCE])
        say("units", found.rows)
        made = []
        for show in shows:
            made.append(_process(Desk(space, registry, PERSON.id, show.begins), show))
            say(show.standard, len(made[-1].cases))
        return space, made
    except BaseException:
        space.close()
        raise


def _process(desk: Desk, show: Show) -> Made:
    """A round with one case for each stage of the process, and one that went all the way."""
    standard = desk.registry.standard(show.standard)
    rounds.open_round(desk, show.standard, show.begins.year)
    units = [each for each in register.units_under(desk.space, show.under) if each.kind in show.kinds]
    stages = route(standard, units[0], "")
    taken = units[: len(stages) + 1]
    facts = _example(desk.registry, standard)
    names = []
    for unit in taken:
        _record(desk, unit, facts, standard)
        names.append(cases.open_case(desk, unit.code, show.standard))
    for number, name in enumerate(names):
        # The first case stays where it began, the last one goes all the way.
        _walk(desk, name, stages[number].id if number < len(stages) else "")
    return Made(show.standard, {name: cases.get(desk, name).state.active for name in names})


def _example(registry: Registry, standard: Standard) -> FactSet:
    """The facts of the worked example that earns most titles of a standard."""
    found = [each.facts for each in worked_examples(registry) if each.standard == standard.id]
    assessor = registry.assessor(standard.id)
    return max(found, key=lambda facts: sum(each.state == "held" for each in assessor.assess(facts).awards))


def _record(desk: Desk, unit: Unit, facts: FactSet, standard: Standard) -> None:
    """Give a unit the example's facts for the year of the round and those before; what the process records is left to it."""
    types, year = desk.registry.vocabulary.types, desk.day.year
    shown = _shown_by_process(standard)
    periods = [(str(year), facts.values), *((str(year - back), values) for back, (_, values) in enumerate(facts.history, 1))]
    with desk.space.change(desk.actor) as entry:
        for period, values in periods:
            literals = {name: literal_of(types[name], value) for name, value in values.items() if name not in shown}
            if literals:
                save_facts(entry, unit.code, period, literals, note="例子", example=True)


def _shown_by_process(standard: Standard) -> frozenset[str]:
    """Facts that the stages themselves record."""
    return frozenset(
        name for stage in standard.stages for name in (*stage.records, *(stage.notice or {}).get("records", {}))
    )  # fmt: skip


def _walk(desk: Desk, name: str, until: str) -> None:
    """Take a case on until it is in a stage (to the end, if none is named), doing whatever each stage asks for."""
    day = desk.day
    while True:
        case = cases.get(desk, name)
        active = [each for each in case.state.active if not case.stage(each).supervises]
        if not active or until in active:
            return
        day = _pass(evolve(desk, day=day), name, active[0]) + WEEK


def _pass(desk: Desk, name: str, stage: str) -> date:
    """Pass one stage; the day on which it was passed."""
    case = cases.get(desk, name)
    look = cases.outlook(desk, case, case.stage(stage))
    closes = look.timing.window.closes if look.timing.window else None
    if look.timing.state == "late" and closes is not None and closes >= max(step.entered for step in case.state.steps):
        desk = evolve(desk, day=closes)
    for _ in range(12):
        blocks = cases.outlook(desk, cases.get(desk, name), case.stage(stage)).blocks
        if not blocks:
            break
        for block in blocks:
            desk = _clear(desk, name, block)
    awards = case.stage(stage).grants[:1] or None
    numbers = {award: f"演示〔{desk.day.year}〕{name.rpartition('-')[2]}号" for award in awards or ()}
    cases.move(desk, name, stage, awards=awards, certificates=numbers)
    return desk.day


def _clear(desk: Desk, name: str, block: Block) -> Desk:
    """Do what a block asks for, as an office would; the desk, perhaps on a later day."""
    stage, each = block.stage, block.condition
    match block.code:
        case "WF07" | "WF20":
            for paper in each.names:
                papers.receive(desk, name, paper, stage=stage)
        case "WF08" | "WF09" | "WF11":
            papers.notice(desk, name, stage=stage, until=desk.day + WEEK, media="演示日报")
        case "WF10" | "WF14":
            later = (block.day or desk.day) + timedelta(days=block.code == "WF10")
            return evolve(desk, day=later)
        case "WF13":
            for body in each.names:
                papers.opinion(desk, name, body, True, "同意", stage=stage)
        case "WF17":
            rounds.draw(desk, cases.get(desk, name).listed.round, stage, seed="演示", share=SHARE)
        case "WF18":
            for department, text in (("民政局", "社区组织和民主自治"), ("住建局", "社区用房和设施")):
                papers.task(desk, name, department, text, stage=stage)
        case "WF19":
            papers.done(desk, name, each.names[-1])
    return desk


def first_moves(made: Sequence[Made]) -> Iterator[str]:
    """Commands worth trying, one for each process: its first case that is still open."""
    for each in made:
        name = next((name for name, stages in each.cases.items() if stages), None)
        if name is not None:
            yield f"duibiao case show {name}"


__all__ = ["PERSON", "SHOWS", "Made", "first_moves", "make"]

"""``duibiao operator``."""

from __future__ import annotations

import click

from duibiao.cli.base import noun, option, session, verb

operator = noun("operator", zh="人员：角色、级别、辖区。", en="The people: roles, levels, territory.")


@verb(operator, "list", zh="列出人员。", en="List the people.")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    from attrs import asdict

    from duibiao.cli.office import opened
    from duibiao.cli.output import console, print_json, table
    from duibiao.store.rights import ROLES

    state = session(ctx)
    with opened(ctx, write=False) as space:
        people = space.operators()
    if as_json:
        print_json([asdict(each) for each in people])
        return
    names = [
        state.say(*words) for words in (("编号", "id"), ("姓名", "name"), ("角色", "roles"), ("级别", "levels"), ("辖区", "area"))
    ]
    rows = []
    for each in people:
        roles = state.say("、", ", ").join(state.say(*ROLES[role]) for role in each.roles)
        gone = "" if each.active else state.say("（已离岗）", " (left)")
        rows.append((each.id, each.name + gone, roles, " ".join(each.levels), each.territory or state.say("全部", "all")))
    console().print(table(names, rows))


@verb(operator, "add", zh="增加一个人（管理员）。", en="Add somebody (administrator).")
@click.argument("id_", metavar="ID")
@option("--name", required=True, zh="姓名", en="Name")
@option("--role", "roles", multiple=True, required=True, zh="角色，可以多个：clerk checker head admin auditor single",
        en="Role, repeatable: clerk checker head admin auditor single")  # fmt: skip
@option(
    "--level", "levels", multiple=True, zh="级别，可以多个：社区 街镇 区 市 省 国", en="Level, repeatable: 社区 街镇 区 市 省 国"
)
@option("--territory", default="", zh="辖区：单位代码的开头", en="Territory: beginning of the units' codes")
@click.pass_context
def add(ctx: click.Context, id_: str, name: str, roles: tuple[str, ...], levels: tuple[str, ...], territory: str) -> None:
    from duibiao.cli.office import me, opened, saved
    from duibiao.services.people import add_operator

    state = session(ctx)
    with opened(ctx) as space:
        add_operator(space, me(space, state), id_, name, roles, levels, territory)
    saved(state, f"{id_} {name}", f"{id_} {name}")


@verb(operator, "change", zh="改角色、级别、辖区（管理员）。", en="Change roles, levels, territory (administrator).")
@click.argument("id_", metavar="ID")
@option("--role", "roles", multiple=True, zh="角色，替换原有的", en="Role, replacing those they have")
@option("--level", "levels", multiple=True, zh="级别，替换原有的", en="Level, replacing those they have")
@option("--territory", zh="辖区：单位代码的开头", en="Territory: beginning of the units' codes")
@option("--left", is_flag=True, zh="已离岗", en="They have left")
@click.pass_context
def change(
    ctx: click.Context, id_: str, roles: tuple[str, ...], levels: tuple[str, ...], territory: str | None, left: bool
) -> None:
    from duibiao.cli.office import me, opened, saved
    from duibiao.services.people import change_operator

    state = session(ctx)
    with opened(ctx) as space:
        change_operator(space, me(space, state), id_, roles, levels, territory, left=left)
    saved(state, id_, id_)

"""``duibiao check`` and ``duibiao test``."""

from __future__ import annotations

from pathlib import Path

import click

from duibiao.cli.base import command, option, session


@command(
    "check",
    zh="检查 PATH：一个插件文件夹、一个标准、一个事实文件或本单位的分值表，不必安装。\n"
    "所有问题一次列出，带文件和行号。有问题时退出码为 1。",
    en="Check PATH: a pack folder, a standard, a facts file or an office's own table, without installing it.\n"
    "Every problem is listed in one run, with file and line. Exit code 1 when there are any.",
)
@click.argument("path", type=click.Path(path_type=Path))
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def check(ctx: click.Context, path: Path, as_json: bool) -> int:
    from duibiao.cli.output import print_json
    from duibiao.errors import BadInputError, Problem, Where
    from duibiao.services.checking import check_path
    from duibiao.wording import describe

    state = session(ctx)
    if not path.exists():
        raise BadInputError([Problem("DB001", Where(str(path)))])
    found = check_path(path)
    if as_json:
        print_json(
            {
                "what": found.what,
                "standards": list(found.standards),
                "examples": found.examples,
                "problems": [
                    {
                        "code": each.code, "file": each.where.file, "line": each.where.line, "column": each.where.column,
                        "key": each.where.key, "found": each.found, "allowed": each.allowed, "nearest": each.nearest,
                        "message": describe(each, state.lang),
                    }
                    for each in found.problems
                ],
            }
        )  # fmt: skip
        return 1 if found.problems else 0
    for each in found.problems:
        click.echo(describe(each, state.lang))
    if found.problems:
        count, first = len(found.problems), found.problems[0].code
        plural = "" if count == 1 else "s"
        said = state.say(
            f"共 {count} 个问题。解释：duibiao explain {first}", f"{count} problem{plural}. Explained by: duibiao explain {first}"
        )
        click.echo(said)
        return 1
    counted = (
        state.say(
            f"{len(found.standards)} 个标准，{found.examples} 个例子",
            f"standards: {len(found.standards)}, examples: {found.examples}",
        )
        if found.standards
        else ""
    )
    click.echo("  ".join(part for part in (state.say("✓ 没有问题", "✓ no problems"), str(path), counted) if part))
    return 0


@command(
    "test",
    zh="对已安装的插件或一个文件夹运行一致性检查：载入、自洽、条款覆盖、例子、各引擎一致。\n有不合格时退出码为 1。",
    en="Run the conformance checks on an installed plugin or a folder:\n"
    "loading, proofs, coverage, examples, agreement of the engines. Exit code 1 when one fails.",
)
@click.argument("target")
@option("--verbose", "-v", is_flag=True, zh="列出每一项", en="List every check")
@option("--json", "as_json", is_flag=True, zh="输出 JSON", en="Print JSON")
@click.pass_context
def test(ctx: click.Context, target: str, verbose: bool, as_json: bool) -> int:
    from duibiao.cli.output import print_json
    from duibiao.services.assessing import read_overrides
    from duibiao.services.checking import conformance_of

    state = session(ctx)
    results = [(each, each.run()) for each in conformance_of(target, read_overrides(state.packs))]
    failed = [each for each, failures in results if failures]
    if as_json:
        print_json(
            [
                {
                    "check": each.name,
                    "passed": not failures,
                    "failures": [state.say(f"{f.where}: {f.text}", f"{f.where}: {f.text_en}") for f in failures],
                }
                for each, failures in results
            ]
        )
        return 1 if failed else 0
    for each, failures in results:
        if verbose or failures:
            click.echo(f"{'✗' if failures else '✓'} {each.name}  {state.say(each.title, each.title_en)}")
        for failure in failures:
            click.echo(f"    {failure.where}: {state.say(failure.text, failure.text_en)}")
    passed = len(results) - len(failed)
    click.echo(state.say(f"{passed} 项通过，{len(failed)} 项不合格", f"{passed} passed, {len(failed)} failed"))
    return 1 if failed else 0

"""A new plugin: four files that install, load and pass their checks as they are."""

from __future__ import annotations

import re
from pathlib import Path

from duibiao.errors import BadInputError, Problem, Where
from duibiao.registry import installed
from duibiao.services.clock import today

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}\Z")

_PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "duibiao-{name}"
version = "0.1.0"
dependencies = ["duibiao"]

[project.entry-points.duibiao]
{name} = "duibiao_{name}:plugin"
"""

_INIT = '''\
"""duibiao 插件：{name}。标准写在旁边的 TOML 文件里。"""

from duibiao.api import Pack

plugin = Pack(__name__)
'''

_STANDARD = """\
[[jurisdiction]]
id = "{name}"
title = "{name}（改成辖区名称）"

[[document]]
id = "示例〔{year}〕1号"
title = "关于开展示范社区创建的通知（示例）"
clause = [{{ id = "一", title = "环境" }}, {{ id = "二", title = "总则" }}]

[standard]
id = "{name}.community"
edition = "{year}"
title = "示范社区（示例）"
jurisdiction = "{name}"
document = "示例〔{year}〕1号"
unit_kinds = ["居委会", "村委会"]

[[award]]
id = "demonstration"
title = "示范社区"
clause = "一"

[[criterion]]
id = "environment"
title = "社区环境"
topic = "environment"
clause = "一"

  [[criterion.indicator]]
  id = "green-coverage"
  title = "绿化覆盖率"
  fact = "green_coverage"                # 数据项用 duibiao facts 查
  at_least = "25%"
  otherwise = [{{ when = {{ fact = "renovated_old_estate" }}, at_least = "16%" }}]

[[not_encoded]]
document = "示例〔{year}〕1号"
clauses = ["二"]
reason = "总则，没有可评估的要求"

# 例子：这个标准应当怎样评这些单位。duibiao test 会逐个核对。
[[example]]
id = "met"
title = "普通小区，正好 25%"
standard = "{name}.community"
unit = {{ name = "示例社区", kind = "居委会" }}
as_of = {year}-01-01
facts = {{ green_coverage = "25%", renovated_old_estate = false }}
expect = {{ awards = {{ demonstration = "held" }}, others = "met" }}

[[example]]
id = "just-under"
title = "差一点"
like = "met"
facts = {{ green_coverage = "24.99%" }}
expect = {{ awards = {{ demonstration = "not_held" }}, others = "not_met" }}

[[example]]
id = "renovated"
title = "改造后的老小区，16% 即可"
like = "met"
facts = {{ green_coverage = "16%", renovated_old_estate = true }}
expect = {{ awards = {{ demonstration = "held" }}, others = "met" }}

[[example]]
id = "unknown"
title = "是否改造不清楚：未知，不算达到也不算没达到"
like = "renovated"
drop = ["renovated_old_estate"]
expect = {{ awards = {{ demonstration = "open" }}, others = "unknown", unknown_facts = ["renovated_old_estate"] }}
"""

_TEST = '''\
"""The conformance suite of duibiao, on this plugin."""

from duibiao.testing import conformance

TestConformance = conformance("{name}")
'''


def plugin_name(folder: Path, given: str | None) -> str:
    """The plugin's name: as given, else from the folder's name; BadInputError when it cannot be one or is taken."""
    name = given if given is not None else folder.resolve().name.lower().removeprefix("duibiao-").replace("-", "_")
    if not _NAME.match(name):
        raise BadInputError([Problem("DB074", Where(str(folder)), name, "a–z, 0–9, _")])
    taken = next((each for each in installed() if each.name == name), None)
    if taken is not None:
        raise BadInputError([Problem("DB062", Where(str(folder)), name, f"{taken.distribution} {taken.version}")])
    return name


def scaffold(folder: Path, given: str | None = None) -> list[Path]:
    """Write a new plugin into *folder* and return its files.

    Raises BadInputError: the folder has content already, or its name cannot be a plugin's.
    """
    name = plugin_name(folder, given)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInputError([Problem("DB073", Where(str(folder)))])
    files = {
        folder / "pyproject.toml": _PYPROJECT,
        folder / f"duibiao_{name}" / "__init__.py": _INIT,
        folder / f"duibiao_{name}" / "community.toml": _STANDARD,
        folder / "tests" / "test_conformance.py": _TEST,
    }
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(name=name, year=today().year), "utf-8")
    except OSError as error:
        raise BadInputError([Problem("DB001", Where(str(error.filename or folder)), error.strerror or "")]) from None
    return list(files)

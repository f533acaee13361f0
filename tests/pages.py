"""The pages of the documentation and the modules that make them, for the tests that hold them to the truth."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", *sorted(f"docs/{each.name}" for each in DOCS.glob("*.md")))
PLUGIN_PAGES = tuple(sorted(str(each.relative_to(ROOT)) for each in ROOT.glob("plugins/*/README.md")))
if str(DOCS) not in sys.path:
    sys.path.append(str(DOCS))


def text(name: str) -> str:
    """A page as it is kept."""
    return (ROOT / name).read_text("utf-8")

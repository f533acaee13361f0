"""The national standards for harmonious communities (民发〔2008〕142号, 民发〔2009〕165号), and all units.

Other jurisdictions name their divisions and have their real units from the register here.
"""

from __future__ import annotations

from collections.abc import Iterable

from duibiao.api import Jurisdiction, Pack, Unit, hookimpl
from duibiao_national.register import units


class NationalPack(Pack):
    """The pack of the nation, which also knows the units of every jurisdiction."""

    @hookimpl
    def duibiao_units(self, jurisdiction: Jurisdiction) -> Iterable[Unit] | None:
        """Read from the register: the divisions of *jurisdiction*, or everything when it is the nation."""
        if not jurisdiction.divisions and jurisdiction.level != "nation":
            return None
        return units(jurisdiction.divisions)


plugin = NationalPack(__name__)

__all__ = ["NationalPack", "plugin"]

"""The conformance suite that every plugin runs, bundled or not.

One line in a plugin's tests::

    TestConformance = conformance("shanghai")

``duibiao test`` runs the same checks without pytest.
"""

from __future__ import annotations

from typing import Any

from duibiao.testing.checks import Check, Failure, checks_for

__all__ = ["Check", "Failure", "checks_for", "conformance"]


def conformance(plugin: str) -> type[Any]:
    """A pytest class with one test per check of the installed plugin of that name."""
    import pytest

    from duibiao.registry import Registry

    checks = checks_for(Registry(), plugin)

    class TestConformance:
        """Every check of the conformance suite."""

        @pytest.mark.parametrize("check", checks, ids=lambda check: check.name)
        def test(self, check: Check) -> None:
            failures = check.run()
            assert not failures, "\n".join(str(failure) for failure in failures)  # noqa: S101 - this is a test

    return TestConformance

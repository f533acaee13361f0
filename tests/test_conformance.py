"""The conformance suite on every bundled plugin: the same lines a plugin of another author has in its tests."""

from __future__ import annotations

from duibiao.testing import conformance

TestNational = conformance("national")
TestJiangsu = conformance("jiangsu")
TestShanghai = conformance("shanghai")
TestDaxinganling = conformance("daxinganling")

"""The keys that conditions and points tables are written with (docs/pack-format.md)."""

from __future__ import annotations

SUBJECTS = ("fact", "rule", "all_of", "any_of", "none_of", "holds")
"""What a condition looks at; exactly one of them."""

THRESHOLDS = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<", "equals": "=="}
"""Threshold key to comparison sign."""

CHANGES = ("rises", "rises_by", "not_rising", "not_falling")
"""Comparisons with the previous period."""

PEERS = ("above_peers", "rank_within")
"""Comparisons with the other units of a cohort."""

TESTS = (
    *THRESHOLDS, "between", "is_true", "one_of", "has", "has_at_least", "about", "floor",
    *CHANGES, *PEERS, "each_within",
)  # fmt: skip
"""What is asked of the subject."""

MODIFIERS = (
    "ratio_to", "if_empty", "per", "by_kind", "by", "otherwise", "sustained", "kind", "within", "settled", "sample",
)  # fmt: skip
"""What changes the subject, the threshold or the case."""

CONDITION_KEYS = frozenset((*SUBJECTS, *TESTS, *MODIFIERS))

WAYS = (
    "bands", "deduct", "shortfall", "each", "graded", "per_member", "parts", "sources", "honours", "points_from",
)  # fmt: skip
"""Ways to score other than all or nothing; at most one of them."""

POINTS_KEYS = frozenset((*WAYS, "points", "bonus"))

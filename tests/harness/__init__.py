"""Tools that try to make an office's records disappear: power cuts, kills, flipped bits. Each is itself tried on a seeded break.

`trace` and `record` watch a program's system calls, `disk` models what a disk may hold of them after a power cut, `cuts` tries
those disks one by one; `nursery` and `kills` start processes and kill them; `flips` changes single bits of a database.
"""

"""Make the register files of this plugin from the two files of the national register.

Usage: python split_register.py SOURCE DEST

SOURCE holds ``communities.csv.gz`` (code,name) and ``divisions.csv`` (code,name,level). DEST gets ``divisions.csv.gz``
and one ``NN.csv.gz`` per province, NN being the first two digits of the codes. Same input, same bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

Row = Sequence[str]


def rows_of(text: str, columns: Row) -> Sequence[Row]:
    """The rows of a CSV, in the order of their codes; ValueError where the columns or codes are not as expected."""
    header, *rows = csv.reader(io.StringIO(text))
    if header != list(columns):
        raise ValueError(f"columns {header}, expected {list(columns)}")
    if len({row[0] for row in rows}) != len(rows) or not all(row[0].isdecimal() for row in rows):
        raise ValueError("codes must be digits, each once")
    return sorted(rows)


def write(path: Path, columns: Row, rows: Iterable[Row]) -> None:
    """Write a CSV, compressed without the time of writing and the name of the file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=9, fileobj=raw, mtime=0) as packed:
        packed.write(text.getvalue().encode("utf-8"))


def split(source: Path, dest: Path) -> None:
    """Make the files in *dest* from those in *source*."""
    dest.mkdir(parents=True, exist_ok=True)
    divisions = rows_of((source / "divisions.csv").read_text("utf-8"), ("code", "name", "level"))
    write(dest / "divisions.csv.gz", ("code", "name", "level"), divisions)
    packed = (source / "communities.csv.gz").read_bytes()
    communities = rows_of(gzip.decompress(packed).decode("utf-8"), ("code", "name"))
    for province, rows in groupby(communities, key=lambda row: row[0][:2]):
        write(dest / f"{province}.csv.gz", ("code", "name"), rows)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="SOURCE", help="folder with communities.csv.gz and divisions.csv")
    parser.add_argument("dest", type=Path, metavar="DEST", help="folder to write to")
    given = parser.parse_args()
    split(given.source, given.dest)


if __name__ == "__main__":
    main()

"""Tests of the file of `--accept`."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppparser.documents.fields import scalar_text
from ppparser.errors import AcceptanceError
from ppparser.gate.acceptances import Acceptance, Target, read_acceptances

LAUNCH = Target("LAUNCH", "launchTime")
IPHONES = Target("LAUNCH", "launchTime", "all_iphones", "percentile.fifty")
MODEL_TOP = Target("LAUNCH", "launchTime", "iPhone15_2", "percentile.ninety")
OTHER = Target("LAUNCH", "launchTime", "all_iphones", "p99")
UNNAMED = Target("LAUNCH", "launchTime", "", "")
TARGETS = {"metric": LAUNCH, "iphones": IPHONES, "model": MODEL_TOP, "other": OTHER, "unnamed": UNNAMED}
FORMAT = "expected CATEGORY METRIC [DEVICE] [PERCENTILE] [until VERSION]"


def entries(folder: Path, content: str | bytes) -> list[Acceptance]:
    path = folder / "accept.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [entry._replace(file="") for entry in read_acceptances(str(path))]


def test_file_has_one_entry_per_line(tmp_path: Path) -> None:
    content = """# Known since May.

LAUNCH launchTime all_iphones typical until 8.2  # until the catalog is lazy
\tDISK   diskWrites#all of it
HANG hangRate top
HANG 'hang rate' "" percentile.ninetynine UNTIL 9 # don't
"""
    made = [
        Acceptance("LAUNCH", "launchTime", ("all_iphones", "typical"), "8.2", line=3),
        Acceptance("DISK", "diskWrites", line=4),
        Acceptance("HANG", "hangRate", ("top",), line=5),
        Acceptance("HANG", "hang rate", ("", "percentile.ninetynine"), "9", line=6),
    ]
    assert entries(tmp_path, content) == made
    assert entries(tmp_path, content.replace("\n", "\r\n")) == made
    assert entries(tmp_path, b"\xef\xbb\xbf" + content.encode()) == made
    assert entries(tmp_path, "") == entries(tmp_path, "#") == []


def test_entry_knows_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b.txt"
    path.write_text("A b")
    assert [entry.file for entry in read_acceptances(str(path))] == [f"{tmp_path}/a\\x1b.txt"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("LAUNCH", "the metric is missing"),
        ("LAUNCH until 8.2", "the metric is missing"),
        ("until 8.2", "the metric is missing"),
        ("A b c d e", "more than a device and a percentile follow the metric"),
        ("A b c until", "until takes one version, such as 8.2, at the end of the line"),
        ("A b c until next", "until takes one version, such as 8.2, at the end of the line"),
        ("A b until 8.2 typical", "until takes one version, such as 8.2, at the end of the line"),
        ("A 'b", "a quotation mark is not closed, or nothing follows a backslash"),
        ("A b\\", "a quotation mark is not closed, or nothing follows a backslash"),
    ],
)
def test_malformed_line_is_an_error(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(AcceptanceError) as raised:
        entries(tmp_path, f"A b\n\n{line}\n")
    assert str(raised.value) == f"{tmp_path}/accept.txt, line 3: {problem}:\n  {FORMAT}"


def test_unreadable_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AcceptanceError) as raised:
        read_acceptances(f"{tmp_path}/none\x1b.txt")
    assert str(raised.value) == f"cannot read {tmp_path}/none\\x1b.txt: No such file or directory"
    with pytest.raises(AcceptanceError) as raised:
        read_acceptances(str(tmp_path))
    assert str(raised.value) == f"cannot read {tmp_path}: Is a directory"
    with pytest.raises(AcceptanceError) as raised:
        entries(tmp_path, "A b".encode("utf-16"))
    assert str(raised.value) == f"cannot read {tmp_path}/accept.txt: it is not text in UTF-8"


@pytest.mark.parametrize(
    ("line", "covered"),
    [
        ("LAUNCH launchTime", "metric iphones model other unnamed"),
        ("launch LAUNCHTIME", "metric iphones model other unnamed"),
        ("LAUNCH resumeTime", ""),
        ("HANG launchTime", ""),
        ("LAUNCH launchTime all_iphones", "iphones other"),
        ("LAUNCH launchTime ALL_IPHONES Typical", "iphones"),
        ("LAUNCH launchTime all_iphones top", ""),
        ("LAUNCH launchTime iPhone15,2", "model"),
        ("LAUNCH launchTime iphone15_2 90", "model"),
        ("LAUNCH launchTime typical", "iphones"),
        ("LAUNCH launchTime 50", "iphones"),
        ("LAUNCH launchTime percentile.ninety", "model"),
        ("LAUNCH launchTime P99", "other"),
        ("LAUNCH launchTime all_iphones p99", "other"),
        ("LAUNCH launchTime typical all_iphones", ""),
        ("LAUNCH launchTime '' ''", "unnamed"),
    ],
)
def test_entry_covers_what_its_words_name(tmp_path: Path, line: str, covered: str) -> None:
    [entry] = entries(tmp_path, line)
    assert [name for name, target in TARGETS.items() if entry.covers(target)] == covered.split()


@pytest.mark.parametrize(
    ("until", "version", "holds"),
    [
        ("", "8.1", True),
        ("", "", True),
        ("8.2", "8.1.9", True),
        ("8.2", "8.2.0", False),
        ("8.2.0", "8.2", False),
        ("8.2", "8.10", False),
        ("8.2", "", False),
        ("8.2", "unknown", False),
    ],
)
def test_entry_holds_for_older_versions(until: str, version: str, holds: bool) -> None:
    assert Acceptance("A", "b", until=until).holds_for(version) is holds


names = st.text(max_size=8).map(scalar_text).filter(lambda name: name.lower() != "until")


@given(names, names, names, names | st.just("50"))
def test_entry_of_a_subject_covers_it_alone(category: str, identifier: str, device: str, percentile: str) -> None:
    target = Target(category, identifier, device, percentile)
    [*words] = shlex.split(target.entry, comments=True)
    entry = Acceptance(words[0], words[1], tuple(words[2:]))
    assert entry.covers(target)
    assert not entry.covers(target._replace(device=f"{device}x"))
    assert not entry.covers(target._replace(percentile=f"{percentile}x"))
    assert not entry.covers(target._replace(identifier=f"{identifier}x"))

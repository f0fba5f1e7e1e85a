"""What the file of `--accept` lists: what is known to be worse, and before which version that is acceptable.

An entry is a line `CATEGORY METRIC [DEVICE] [PERCENTILE] [until VERSION]`. Words are read as a shell reads them: a name
with spaces is in quotes, and `#` starts a comment.
"""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from ppparser.documents.versions import is_older
from ppparser.errors import AcceptanceError
from ppparser.metrics.measurements import percentile_label
from ppparser.metrics.selection import is_device, is_percentile
from ppparser.program.terminal import clean

_EXPECTED = "expected CATEGORY METRIC [DEVICE] [PERCENTILE] [until VERSION]"
_UNTIL = "until"


class Target(NamedTuple):
    """A metric, on a device and of a percentile unless both are None; each text is "" if unknown."""

    category: str
    identifier: str
    device: str | None = None
    percentile: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words of the narrowest entry that accepts the target."""
        if self.device is None or self.percentile is None:
            return self.category, self.identifier
        percentile = percentile_label(self.percentile) if self.percentile else ""
        return self.category, self.identifier, self.device, percentile

    @property
    def entry(self) -> str:
        """Return the words as a line of the file."""
        return shlex.join(self.words)


class Acceptance(NamedTuple):
    """An entry: the name of a metric, and up to two words that name a device, a percentile or both.

    `until` is the first version in which it accepts nothing, "" if there is none.
    """

    category: str
    identifier: str
    words: tuple[str, ...] = ()
    until: str = ""
    file: str = ""
    line: int = 0

    @property
    def entry(self) -> str:
        """Return the entry as a line of the file."""
        until = (_UNTIL, self.until) if self.until else ()
        return shlex.join((self.category, self.identifier, *self.words, *until))

    def covers(self, target: Target) -> bool:
        """Tell whether the entry is about the target, or about more than that. Case is ignored."""
        category, identifier, device, percentile = target
        if (self.category.lower(), self.identifier.lower()) != (category.lower(), identifier.lower()):
            return False
        if not self.words:
            return True
        if device is None or percentile is None:
            return False
        if len(self.words) == 1:
            return is_device(self.words[0], device) or is_percentile(self.words[0], percentile)
        return is_device(self.words[0], device) and is_percentile(self.words[1], percentile)

    def holds_for(self, version: str) -> bool:
        """Tell whether the entry still accepts something in a version; in an unknown one (""), only without `until`."""
        return not self.until or is_older(version, self.until)


def read_acceptances(path: str) -> list[Acceptance]:
    """Return the entries of a file. Raises AcceptanceError if it cannot be read or a line is not an entry."""
    file = clean(path)
    try:
        with open(path, encoding="utf-8-sig") as stream:
            lines = stream.read().split("\n")
    except UnicodeDecodeError:
        raise AcceptanceError(f"cannot read {file}: it is not text in UTF-8") from None
    except OSError as error:
        raise AcceptanceError(f"cannot read {file}: {error.strerror}") from None
    return [entry for number, line in enumerate(lines, 1) if (entry := _entry(line, file, number))]


def _entry(line: str, file: str, number: int) -> Acceptance | None:
    """Return the entry in a line, or None if it has only a comment."""
    try:
        words = [clean(word) for word in shlex.split(line, comments=True)]
    except ValueError:
        raise _error(file, number, "a quotation mark is not closed, or nothing follows a backslash") from None
    if not words:
        return None
    end = next((place for place, word in enumerate(words) if word.lower() == _UNTIL), len(words))
    until = words[end + 1 :]
    if end < len(words) and not (len(until) == 1 and re.search("[0-9]", until[0])):
        raise _error(file, number, f"{_UNTIL} takes one version, such as 8.2, at the end of the line")
    if not 2 <= end <= 4:
        problem = "the metric is missing" if end < 2 else "more than a device and a percentile follow the metric"
        raise _error(file, number, problem)
    return Acceptance(words[0], words[1], tuple(words[2:end]), "".join(until), file, number)


def _error(file: str, number: int, problem: str) -> AcceptanceError:
    return AcceptanceError(f"{file}, line {number}: {problem}:\n  {_EXPECTED}")

"""Render what changed between two builds as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ppparser.comparison import UNCHANGED_POINTS, Change, Percents, SignatureChange
from ppparser.diagnostics_text import fitted_columns, type_text
from ppparser.tables import titled, wrap
from ppparser.terminal import Style

UNCHANGED_TEXT = f"unchanged: less than {UNCHANGED_POINTS} points apart"
RELATIVE_TEXT = "A share is part of its own build's total, so it can rise only because another one fell"


def signature_change_lines(
    changes: Sequence[SignatureChange],
    one_sided: Sequence[tuple[str, bool]],
    old_build: str,
    new_build: str,
    style: Style,
) -> Iterator[str]:
    """Yield a row per signature of the builds with those numbers: what became of it and its share in both.

    `one_sided` has the types of which only one build has signatures, and whether that is the new one.
    """
    types = list(dict.fromkeys(change.signature.type for change in changes))
    summary = counts_text(change.change for change in changes)
    title = f"Signatures of builds {old_build} and {new_build}"
    yield from titled(title, f": {summary}", style)
    of_type = f"all {type_text(types[0])}" if len(types) == 1 else "all of its type"
    yield from legend_lines(f"% of {of_type} in that build; points: the difference. {RELATIVE_TEXT}.")
    yield from legend_lines(f"{UNCHANGED_TEXT}; NEW, GONE: listed for one build alone")
    for name, is_new in one_sided:
        missing, change = (old_build, Change.NEW) if is_new else (new_build, Change.GONE)
        yield from legend_lines(
            f"build {missing} has no {name} signatures: {change.value} may only mean too few reports there"
        )
    columns = _change_columns([(change.change, change.percents) for change in changes], old_build, new_build, style)
    has_one_binary = len({change.function.binary for change in changes}) == 1
    names = [
        (change.function.name if has_one_binary else ": ".join(filter(None, change.function)))
        + (f" ({change.signature_count} signatures)" if change.signature_count > 1 else "")
        for change in changes
    ]
    columns += [["<", "type", *(change.signature.type for change in changes)]] if len(types) > 1 else []
    columns.append(["<", "signature", *names])
    yield from fitted_columns(columns, "  ", "signature", style)
    yield ""


def since_text(change: Change, percents: Percents, old_build: str = "") -> str:
    """Return what a share that is new or worse is compared with; `old_build` is the number of the old build."""
    old = f"build {old_build}" if old_build else "the old logs"
    if change is Change.NEW:
        return f"new since {old}" if old_build else f"not in {old}"
    return f"{percent_text(percents.old)} in {old}"


def alarm_text(shown_count: int, total: int) -> str:
    """Return how many of the signatures that are new or worse follow."""
    if not total:
        return "No signature is new or worse"
    if shown_count < total:
        return f"{shown_count} of {total} new or worse signatures follow: --signatures={total} prints all"
    return f"{total} new or worse signatures follow" if total > 1 else "1 new or worse signature follows"


def legend_lines(text: str) -> list[str]:
    """Return a text below a title as lines; its line breaks do not count."""
    return wrap(" ".join(text.split()), "  ", "  ")


def counts_text(changes: Iterable[Change]) -> str:
    """Return how many there are of each change."""
    count = Counter(changes)
    texts = [f"{count[change]} {change.value.lower()}" for change in Change if count[change]]
    return ", ".join(texts) or "none"


def _change_columns(changes: Sequence[tuple[Change, Percents]], old: str, new: str, style: Style) -> list[list[str]]:
    """Return the columns of the changes, the shares in both builds, and the differences."""
    return [
        ["<", "", *(change_text(change, style) for change, _ in changes)],
        [">", old, *(percent_text(percents.old) for _, percents in changes)],
        [">", new, *(percent_text(percents.new) for _, percents in changes)],
        [">", "points", *(_points_text(percents.points) for _, percents in changes)],
    ]


def change_text(change: Change, style: Style) -> str:
    """Return what became of a share in its colour."""
    colours = {Change.NEW: style.bad, Change.WORSE: style.bad, Change.BETTER: style.good, Change.GONE: style.good}
    colour = colours.get(change, "")
    return f"{colour}{change.value}{style.off if colour else ''}"


def percent_text(percent: float | None) -> str:
    """Return a share in percent with its unit, or a dash if it is unknown."""
    return "-" if percent is None else f"{percent:.3g} %"


def _points_text(points: float | None) -> str:
    if points is None:
        return "-"
    rounded = round(points, 1)
    return f"{rounded:+.3g}" if rounded else "0"

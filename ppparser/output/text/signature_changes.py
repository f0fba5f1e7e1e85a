"""Render what changed between two builds as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from ppparser.diagnostics.signature_changes import UNCHANGED_POINTS, Change, Percents, SignatureChange
from ppparser.output.text.signatures import fitted_columns, type_text
from ppparser.output.text.tables import titled, wrap
from ppparser.program.terminal import Style

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
    summary = counts_text(change.change for change in changes)
    yield from titled(changes_title(old_build, new_build), f": {summary}", style)
    for legend in change_legends(changes, one_sided, old_build, new_build):
        yield from legend_lines(legend)
    columns = _change_columns([(change.change, change.percents) for change in changes], old_build, new_build, style)
    types = [change.signature.type for change in changes]
    columns += [["<", "type", *types]] if len(set(types)) > 1 else []
    names = [name + several_text(change) for name, change in zip(change_names(changes), changes)]
    columns.append(["<", "signature", *names])
    yield from fitted_columns(columns, "  ", "signature", style)
    yield ""


def changes_title(old_build: str, new_build: str) -> str:
    """Return the title of the table of signatures of the builds with those numbers."""
    return f"Signatures of builds {old_build} and {new_build}"


def change_legends(
    changes: Sequence[SignatureChange],
    one_sided: Sequence[tuple[str, bool]],
    old_build: str,
    new_build: str,
    render: Callable[[str], str] = str,
) -> Iterator[str]:
    """Yield what the shares are parts of, what the changes mean, and which build has no signatures of a type.

    `render` makes what is not the program's own text safe.
    """
    types = {change.signature.type for change in changes}
    of_type = f"all {render(type_text(types.pop()))}" if len(types) == 1 else "all of its type"
    yield f"% of {of_type} in that build; points: the difference. {RELATIVE_TEXT}."
    yield f"{UNCHANGED_TEXT}; NEW, GONE: listed for one build alone"
    for name, is_new in one_sided:
        missing, change = (old_build, Change.NEW) if is_new else (new_build, Change.GONE)
        yield (
            f"build {render(missing)} has no {render(name)} signatures: "
            f"{change.value} may only mean too few reports there"
        )


def change_names(changes: Sequence[SignatureChange]) -> list[str]:
    """Return the function of each change, after its binary unless all have the same."""
    has_one_binary = len({change.function.binary for change in changes}) == 1
    functions = [change.function for change in changes]
    return [function.name if has_one_binary else ": ".join(filter(None, function)) for function in functions]


def several_text(change: SignatureChange) -> str:
    """Return how many signatures a function has, an empty text for one."""
    return f" ({change.signature_count} signatures)" if change.signature_count > 1 else ""


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
        [">", "points", *(points_text(percents.points) for _, percents in changes)],
    ]


def change_text(change: Change, style: Style) -> str:
    """Return what became of a share in its colour."""
    colours = {Change.NEW: style.bad, Change.WORSE: style.bad, Change.BETTER: style.good, Change.GONE: style.good}
    colour = colours.get(change, "")
    return f"{colour}{change.value}{style.off if colour else ''}"


def percent_text(percent: float | None) -> str:
    """Return a share in percent with its unit, or a dash if it is unknown."""
    return "-" if percent is None else f"{percent:.3g} %"


def points_text(points: float | None) -> str:
    """Return a difference in percentage points, or a dash if it is unknown."""
    if points is None:
        return "-"
    rounded = round(points, 1)
    return f"{rounded:+.3g}" if rounded else "0"

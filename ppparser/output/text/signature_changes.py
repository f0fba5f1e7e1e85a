"""Render what changed between two builds as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from ppparser.diagnostics.signature_changes import UNCHANGED_POINTS, Outcome, Percents, SignatureChange
from ppparser.output.text.signatures import fitted_columns, type_text
from ppparser.output.text.tables import titled, wrap
from ppparser.program.terminal import Style
from ppparser.reports.diagnostics import DiagnosticsReport

UNCHANGED_TEXT = f"unchanged: less than {UNCHANGED_POINTS} points apart"
RELATIVE_TEXT = "A share is part of its own build's total, so it can rise only because another one fell"


def signature_change_lines(report: DiagnosticsReport, style: Style) -> Iterator[str]:
    """Yield a row per signature of the two builds: what became of it and its share in both."""
    changes, old_build, new_build = report.changes, report.old_build_number, report.build_number
    summary = counts_text(change.outcome for change in changes)
    yield from titled(changes_title(old_build, new_build), f": {summary}", style)
    for legend in change_legends(report):
        yield from legend_lines(legend)
    columns = [
        ["<", "", *(change_text(change.outcome, style) for change in changes)],
        [">", old_build, *(percent_text(change.percents.old) for change in changes)],
        [">", new_build, *(percent_text(change.percents.new) for change in changes)],
        [">", "points", *(points_text(change.percents.points) for change in changes)],
    ]
    types = [change.signature.type for change in changes]
    columns += [["<", "type", *types]] if len(set(types)) > 1 else []
    names = [name + several_text(change) for name, change in zip(change_names(changes), changes)]
    columns.append(["<", "signature", *names])
    yield from fitted_columns(columns, "  ", "signature", style)
    yield ""


def changes_title(old_build: str, new_build: str) -> str:
    """Return the title of the table of signatures of the builds with those numbers."""
    return f"Signatures of builds {old_build} and {new_build}"


def change_legends(report: DiagnosticsReport, render: Callable[[str], str] = str) -> Iterator[str]:
    """Yield what the shares are parts of, what the changes mean, and which build has no signatures of a type.

    `render` makes what is not the program's own text safe.
    """
    types = {change.signature.type for change in report.changes}
    of_type = f"all {render(type_text(types.pop()))}" if len(types) == 1 else "all of its type"
    yield f"% of {of_type} in that build; points: the difference. {RELATIVE_TEXT}."
    yield f"{UNCHANGED_TEXT}; NEW, GONE: listed for one build alone"
    for number, missing, outcome in (
        (report.old_build_number, report.types_only_in_new, Outcome.NEW),
        (report.build_number, report.types_only_in_old, Outcome.GONE),
    ):
        for name in missing:
            reason = f"{outcome.value} may only mean too few reports there"
            yield f"build {render(number)} has no {render(name)} signatures: {reason}"


def change_names(changes: Sequence[SignatureChange]) -> list[str]:
    """Return the function of each change, after its binary unless all have the same."""
    has_one_binary = len({change.function.binary for change in changes}) == 1
    functions = [change.function for change in changes]
    return [function.name if has_one_binary else ": ".join(filter(None, function)) for function in functions]


def several_text(change: SignatureChange) -> str:
    """Return how many signatures a function has, an empty text for one."""
    return f" ({change.signature_count} signatures)" if change.signature_count > 1 else ""


def since_text(change: Outcome, percents: Percents, old_build: str = "") -> str:
    """Return what a share that is new or worse is compared with; `old_build` is the number of the old build."""
    old = f"build {old_build}" if old_build else "the old logs"
    if change is Outcome.NEW:
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


def counts_text(changes: Iterable[Outcome]) -> str:
    """Return how many there are of each change."""
    count = Counter(changes)
    texts = [f"{count[change]} {change.value.lower()}" for change in Outcome if count[change]]
    return ", ".join(texts) or "none"


def change_text(change: Outcome, style: Style) -> str:
    """Return what became of a share in its colour."""
    colours = {Outcome.NEW: style.bad, Outcome.WORSE: style.bad, Outcome.BETTER: style.good, Outcome.GONE: style.good}
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

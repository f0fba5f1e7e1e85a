"""Render what changed between two builds as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ppparser.call_tree_text import function_text
from ppparser.comparison import (
    CUTOFF_PERCENT,
    UNCHANGED_POINTS,
    Change,
    FunctionChange,
    FunctionShares,
    Percents,
    SignatureChange,
    counts,
)
from ppparser.diagnostics_text import fitted_columns, type_text
from ppparser.tables import table, titled, wrap
from ppparser.terminal import Style

_UNCHANGED = f"unchanged: less than {UNCHANGED_POINTS} points apart"
_RELATIVE = "A share is part of its own build's total, so it can rise only because another one fell"
_FUNCTION_COLUMNS = 53


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
    summary = _counts_text(changes)
    title = f"Signatures of builds {old_build} and {new_build}"
    yield from titled(title, f": {summary}", style)
    of_type = f"all {type_text(types[0])}" if len(types) == 1 else "all of its type"
    yield from _legend_lines(f"% of {of_type} in that build; points: the difference. {_RELATIVE}.")
    yield from _legend_lines(f"{_UNCHANGED}; NEW, GONE: listed for one build alone")
    for name, is_new in one_sided:
        missing, change = (old_build, Change.NEW) if is_new else (new_build, Change.GONE)
        yield from _legend_lines(
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


def source_lines(label: str, name: str, log_count: int, versions: Sequence[str]) -> Iterator[str]:
    """Yield which file, or other source, is the new or the old one: the number of its logs and their app versions."""
    logs = f"{log_count} log{'' if log_count == 1 else 's'}"
    yield from wrap(f"{label}: {name}, {logs}" + (f" of {', '.join(versions)}" if versions else ""), "", "  ")


def function_change_lines(
    changes: Sequence[FunctionChange], new: FunctionShares, old: FunctionShares, style: Style
) -> Iterator[str]:
    """Yield a row per function of the app: what became of it and its share of the samples in both builds."""
    shown = [change for change in changes if change.percents.largest >= CUTOFF_PERCENT]
    yield from titled("Functions of your app", f": {_counts_text(shown)}", style)
    yield from _legend_lines(
        f"% of all {_samples_text(old)} old and {_samples_text(new)} new samples that were taken in the function\n"
        f"or in one that it calls. {_RELATIVE}."
    )
    yield from _legend_lines(_UNCHANGED)
    rows = [["", "old %", "new %", "function and line"]]
    for one in shown:
        function = function_text(one.function.name, one.place, _FUNCTION_COLUMNS, style)
        shares = ["-" if share is None else f"{share:.1f}" for share in one.percents]
        rows.append([_change_text(one.change, style), *shares, function])
    if shown:
        yield from table(rows, "<>><", "  ")
    if omitted_count := len(changes) - len(shown):
        functions = f"{omitted_count} function{'s' if omitted_count > 1 else ''}"
        yield f"  {style.ellipsis} {functions} below {CUTOFF_PERCENT} % in both"
    yield ""
    worst = next((change for change in shown if change.change in (Change.NEW, Change.WORSE)), None)
    if worst is None:
        yield "Nothing is new or worse"
        return
    place = worst.place or worst.function.name
    yield f"Open {style.bad}{place}{style.off}: {_percent_text(worst.percents.new)} of the samples, {since_text(worst)}"


def since_text(change: SignatureChange | FunctionChange, old_build: str = "") -> str:
    """Return what a share that is new or worse is compared with; `old_build` is the number of the old build."""
    old = f"build {old_build}" if old_build else "the old logs"
    if change.change is Change.NEW:
        return f"new since {old}" if old_build else f"not in {old}"
    return f"{_percent_text(change.percents.old)} in {old}"


def alarm_text(shown_count: int, total: int) -> str:
    """Return how many of the signatures that are new or worse follow."""
    if not total:
        return "No signature is new or worse"
    if shown_count < total:
        return f"{shown_count} of {total} new or worse signatures follow: --signatures={total} prints all"
    return f"{total} new or worse signatures follow" if total > 1 else "1 new or worse signature follows"


def _legend_lines(text: str) -> list[str]:
    return wrap(" ".join(text.split()), "  ", "  ")


def _counts_text(changes: Sequence[SignatureChange] | Sequence[FunctionChange]) -> str:
    count = counts(changes)
    texts = [f"{count[change]} {change.value.lower()}" for change in Change if count[change]]
    return ", ".join(texts) or "none"


def _change_columns(changes: Sequence[tuple[Change, Percents]], old: str, new: str, style: Style) -> list[list[str]]:
    """Return the columns of the changes, the shares in both builds, and the differences."""
    return [
        ["<", "", *(_change_text(change, style) for change, _ in changes)],
        [">", old, *(_percent_text(percents.old) for _, percents in changes)],
        [">", new, *(_percent_text(percents.new) for _, percents in changes)],
        [">", "points", *(_points_text(percents.points) for _, percents in changes)],
    ]


def _change_text(change: Change, style: Style) -> str:
    colours = {Change.NEW: style.bad, Change.WORSE: style.bad, Change.BETTER: style.good, Change.GONE: style.good}
    colour = colours.get(change, "")
    return f"{colour}{change.value}{style.off if colour else ''}"


def _percent_text(percent: float | None) -> str:
    return "-" if percent is None else f"{percent:.3g} %"


def _points_text(points: float | None) -> str:
    if points is None:
        return "-"
    rounded = round(points, 1)
    return f"{rounded:+.3g}" if rounded else "0"


def _samples_text(shares: FunctionShares) -> str:
    return f"{shares.samples}" if shares.has_counts else f"{shares.samples} (leaves, without counts)"

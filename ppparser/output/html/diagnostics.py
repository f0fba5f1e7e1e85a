"""Render a diagnostics report as an HTML page, for people without a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from ppparser.diagnostics.signatures import Signature, course_versions, shared_binary, short_ids
from ppparser.output.html.page import TableColumn, code, element, heading, name, page_lines, table
from ppparser.output.html.signature import heading_link, signature_id, signature_section
from ppparser.output.html.signature_changes import changes_section, new_badge
from ppparser.output.text.diagnostics import conclusion_reason
from ppparser.output.text.signature_changes import alarm_text
from ppparser.output.text.signatures import course_text, path_sentences, share_text, trend_text, type_text
from ppparser.program.terminal import PLAIN
from ppparser.reports.diagnostics import DiagnosticsReport, MissingLogs, SelectedSignature, SignatureReport

_SIGNATURES = (
    "A signature stands for the reports from users' devices in which the same function of the app writes too much to "
    "the disk, hangs, or slows the launch down. Its share is that of all reports of its type about the build; the "
    "course is the share in earlier versions, and the trend is Apple's."
)
_FLAME_GRAPHS = (
    "In a flame graph, each frame is a function, and what it calls is below it; the wider it is, the more of the "
    "samples were taken in it or in what it calls. Frames of the system that follow each other share a bar. Point at a "
    "frame to see its name, its file and line, and its samples."
)
_TRENDS = {"UP": "bad", "DOWN": "good"}


def report_html_lines(report: DiagnosticsReport) -> Iterator[str]:
    """Yield the lines of the page of a report."""
    title = report.title
    build = report.build
    return page_lines(f"{title}, {build.name}" if build and report.app.label else title, _sections(report, title))


def _sections(report: DiagnosticsReport, title: str) -> Iterator[Element]:
    """Yield the lines to open, the rankings or what changed, and what the logs of each signature tell."""
    yield _header(report, title)
    yield from _verdict(report)
    if report.old_build:
        yield changes_section(report, 2)
    else:
        selected = {
            id(signature.selected.signature): signature.selected
            for signature in report.signatures
            if signature.selected
        }
        for diagnostic_type, signatures in report.rankings.items():
            yield _ranking(signatures, diagnostic_type, selected)
    ids: set[str] = set()
    for signature in report.signatures:
        id_ = signature_id(signature.position)
        yield signature_section(signature, report, 2, None if id_ in ids else id_)
        ids.add(id_)
    texts = [_SIGNATURES] if report.build else []
    texts += [_FLAME_GRAPHS] if any(signature.logs.logs for signature in report.signatures) else []
    yield element("footer", *(element("p", text, class_="note") for text in texts))


def _header(report: DiagnosticsReport, title: str) -> Element:
    build, old_build = report.build, report.old_build
    header = element("header", heading(1, name(title)))
    if build and report.app.label:
        header.append(element("p", name(build.title[:1].upper() + build.title[1:])))
    if old_build:
        header.append(element("p", "compared with ", name(old_build.title)))
    return header


# --- The lines to open


def _verdict(report: DiagnosticsReport) -> Iterator[Element]:
    """Yield the lines to open, that no signature is new or worse, and which logs are missing."""
    alarms = sum(change.outcome.is_alarming for change in report.changes)
    if report.old_build and not alarms:
        yield element("section", heading(2, alarm_text(0, 0)), class_="verdict")
    lines = [line for signature in report.signatures for line in _conclusion(signature, report)]
    if lines:
        title = heading(2, "Line to open" if len(lines) == 1 else "Lines to open")
        yield element("section", title, element("ul", *lines, class_="lines"), class_="verdict bad")
    if len(report.selected) < alarms:
        yield element("p", alarm_text(len(report.selected), alarms))
    if report.missing:
        items = element("ul", *map(_missing, report.missing))
        yield element("section", heading(2, "Missing logs"), items, class_="verdict none")


def _conclusion(signature: SignatureReport, report: DiagnosticsReport) -> Iterator[Element]:
    path = signature.path
    if not path:
        return
    reason = conclusion_reason(signature, report) or next(path_sentences(signature, path, path.target))
    target = element("a", code(path.target), href=f"#{signature_id(signature.position)}", class_="target")
    function = path.target_frame.name
    in_function = element("span", "in ", code(function), class_="quiet") if function != path.target else None
    yield element("li", target, " ", in_function, " ", element("div", name(reason)))


def _missing(missing: MissingLogs) -> Element:
    heading = missing.selected
    label = code(heading.signature.label)
    return element(
        "li", f"No logs of signature {heading.position} of {heading.total}, ", label, ": ", name(missing.reason)
    )


# --- The rankings


def _ranking(signatures: Sequence[Signature], diagnostic_type: str, selected: dict[int, SelectedSignature]) -> Element:
    """Return a table of signatures, heaviest first; `selected` has those that the page is about, by `id`."""
    if not signatures:
        return element("section", heading(2, name(f"No {diagnostic_type} signatures")))
    has_one_binary = shared_binary(signatures)
    labels = [signature.function.name if has_one_binary else signature.label for signature in signatures]
    columns = [
        TableColumn(
            "signature",
            [heading_link(selected.get(id(signature)), label) for signature, label in zip(signatures, labels)],
        ),
        TableColumn("share", map(_share, signatures), is_number=True),
        TableColumn("course", map(_course, signatures), is_number=True),
        TableColumn("trend", map(_trend, signatures)),
        TableColumn("ID", short_ids(signatures), is_wide=True),
    ]
    versions = f" {PLAIN.arrow} ".join(course_versions(signatures))
    course = f"; course: {versions}" if versions else ""
    legend = name(f"share: % of all {type_text(diagnostic_type)}, heaviest first{course}")
    title = heading(2, name(f"{diagnostic_type} signatures"))
    return element("section", title, table(element("span", legend, class_="note"), columns), class_="ranking")


def _share(signature: Signature) -> Element | str:
    """Return a share with a bar, whose length is the share of the whole."""
    if signature.percent is None:
        return share_text(signature)
    filled = element("rect", width=f"{min(max(signature.percent, 0), 100):.1f}%", height=10)
    bar = element("svg", filled, class_="share wide", width="4rem", height=10, aria_hidden="true")
    return element("span", bar, " ", element("span", share_text(signature)), class_="part")


def _course(signature: Signature) -> Element | str:
    return new_badge() if signature.is_new else course_text(signature, PLAIN)


def _trend(signature: Signature) -> Element | str:
    text = trend_text(signature, PLAIN)
    return element("span", name(text), class_=f"word {_TRENDS.get(signature.direction, '')}".strip()) if text else ""

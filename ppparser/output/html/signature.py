"""Render what the logs of a signature tell as a part of an HTML page: the path to the line to open, a flame graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from ppparser.diagnostics.call_tree import AppPath
from ppparser.diagnostics.flame_graph import FlameGraph, flame_graph
from ppparser.documents.fields import get_str
from ppparser.output.html.flame_graph import NAMED_SIGN, flame_graph_svg, left_out_text
from ppparser.output.html.page import TableColumn, code, element, heading, name, table
from ppparser.output.text.call_tree import tree_lines
from ppparser.output.text.signatures import (
    NO_PATH,
    SHARE_LEGEND,
    count_text,
    log_share_text,
    path_sentences,
    readable_url,
    share_of_type_text,
)
from ppparser.program.terminal import PLAIN
from ppparser.reports.diagnostics import DiagnosticsReport, SelectedSignature, SignatureReport

# The pages that insights may link to; other URLs stay text.
_APPLE_URL = "https://developer.apple.com/"


def signature_id(position: int) -> str:
    """Return the ID of the part of the page that is about a signature."""
    return f"signature-{position}"


def heading_link(selected: SelectedSignature | None, label: str) -> Element:
    """Return the name of a signature, as a link to the part of the page about it if there is one."""
    text = code(label)
    return element("a", text, href=f"#{signature_id(selected.position)}") if selected else text


def signature_section(signature: SignatureReport, report: DiagnosticsReport, level: int, id_: str | None) -> Element:
    """Return the path to the line to open, the call tree as a picture and as text, and a table of the logs."""
    logs = signature.logs
    section = element("section", heading(level, *_title(signature)), id=id_)
    if logs.is_empty:
        section.append(element("p", "no logs"))
        return section
    if signature.path:
        section.extend(_path(signature, signature.path))
    elif signature.tree.roots:
        section.append(element("p", f"Look at: {NO_PATH}"))
    section.extend(element("p", *_insight(insight)) for insight in logs.insights)
    if logs.logs:
        section.extend(_tree(signature))
    section.append(_logs(signature, report))
    section.append(element("p", "ID ", code(logs.id) if logs.id else "unknown", class_="note"))
    return section


def _title(signature: SignatureReport) -> Iterator[Element | str]:
    yield f"Signature {signature.position} of {signature.total}"
    if heading := signature.selected:
        change = f", {heading.change.outcome.value}" if heading.change else ""
        yield f"{change}, "
        yield name(share_of_type_text(heading.signature))
        yield ": "
        yield code(heading.signature.label)


def _path(signature: SignatureReport, path: AppPath) -> Iterator[Element]:
    """Yield the steps of the path, the one that the signature names in bold, and how many samples reach its end."""
    steps: list[Element | str] = []
    for step in path.short_steps:
        text = code(step.text) if step else PLAIN.ellipsis
        steps += [f" {PLAIN.step} ", element("strong", text) if step and step.is_named else text]
    yield element("p", "Look at ", *steps[1:], class_="path")
    end = path.end.place or path.end.name
    yield from (element("p", name(sentence)) for sentence in path_sentences(signature, path, end))


def _insight(insight: dict[str, Any]) -> Iterator[Element | str]:
    yield element("strong", "Insight ", name(get_str(insight, "insightsCategory") or "no category"))
    yield ": "
    yield name(get_str(insight, "insightsString"))
    if url := readable_url(get_str(insight, "insightsURL")):
        yield " "
        is_apple = url.startswith(_APPLE_URL)
        yield element("a", name(url), href=url, rel="noreferrer") if is_apple else name(url)


def _tree(signature: SignatureReport) -> Iterator[Element]:
    """Yield the call tree as a picture and as text."""
    tree, named = signature.tree, signature.named
    outline, graph = list(tree_lines(tree, len(signature.logs.logs), named, PLAIN)), flame_graph(tree, named)
    if graph.bars:
        subject = "main thread" if tree.is_main_thread else "call tree"
        title = f"Flame graph of the {subject} of signature {signature.position}: {tree.samples:,} {_unit(signature)}"
        yield element("figure", _caption(signature, graph), flame_graph_svg(graph, tree, title))
    yield element("pre", "\n".join(outline), class_="tree")


def _unit(signature: SignatureReport) -> str:
    return "samples" if signature.tree.has_counts else "leaves, without sample counts"


def _caption(signature: SignatureReport, graph: FlameGraph) -> Element:
    """Return what the picture shows, and what its colours and signs mean."""
    tree, log_count = signature.tree, len(signature.logs.logs)
    subject = "Main thread" if tree.is_main_thread else "Call tree"
    kinds = [("app", "your app", any(bar.is_app and not bar.is_named for bar in graph.bars))]
    kinds += [("named", f"{NAMED_SIGN} the signature's frame", any(bar.is_named for bar in graph.bars))]
    kinds += [("system", "system", any(not bar.is_app and not bar.is_named for bar in graph.bars))]
    keys: list[Element | str] = []
    for kind, text, is_shown in kinds:
        keys += [element("span", text, class_=f"key {kind}"), " "] if is_shown else []
    left_out = left_out_text(graph)
    return element(
        "figcaption",
        element("strong", f"{subject} of {log_count} log{'s' if log_count > 1 else ''}"),
        f", {tree.samples:,} {_unit(signature)} ",
        *keys,
        element("div", left_out, class_="note") if left_out else None,
    )


def _logs(signature: SignatureReport, report: DiagnosticsReport) -> Element:
    """Return a table with a row per log."""
    rows = signature.log_rows(report.build_number)
    columns = [
        TableColumn("version", [row.version for row in rows]),
        TableColumn("build", [row.build + (" !" if row.is_from_another_build else "") for row in rows]),
        TableColumn("device", [row.device for row in rows]),
        TableColumn("OS", [row.os for row in rows]),
        TableColumn("writes caused", [row.writes_caused for row in rows], is_number=True),
        TableColumn("duration", [row.duration for row in rows], is_number=True),
        TableColumn("share", [log_share_text(row) for row in rows], is_number=True),
    ]
    legend = [count_text(signature.logs, report.filters)]
    legend += [SHARE_LEGEND] if signature.path else []
    legend += [f"! another build than {report.build_number}"] if any(row.is_from_another_build for row in rows) else []
    text = element("span", name("; ".join(legend)), class_="note")
    if all(column.is_empty for column in columns):
        return element("p", text)
    return element("div", table(text, [TableColumn("log", map(str, range(1, len(rows) + 1))), *columns]), class_="logs")

"""What changed between the logs in two reports, as lines of text."""

from __future__ import annotations

from ppparser.diagnostics.function_changes import function_shares
from ppparser.output.text.function_changes import comparison_lines
from ppparser.program.terminal import PLAIN
from tests.helpers.documents import app_frame, log
from tests.helpers.signatures import compared


def test_long_functions_fit_into_eighty_columns() -> None:
    made = function_shares([log([app_frame("f" * 90, 1, place=f"{'x' * 30}.swift:88")])])
    *_, line, _, _ = comparison_lines(compared(made, made), PLAIN)
    assert len(line) == 80
    assert line.endswith(".swift:88") or "\u2026" in line

"""What changed between the logs in two reports, as Markdown."""

from __future__ import annotations

import pytest

from ppparser.output.markdown.function_changes import comparison_markdown_lines
from tests.helpers.markdown_text import tables_of, texts_of
from tests.helpers.signatures import hostile_comparison
from tests.output.markdown.test_document import HOSTILE


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_as_text(name: str) -> None:
    lines = list(comparison_markdown_lines(hostile_comparison(name)))
    assert name.strip()[:9] in texts_of(lines)
    [[row, _]] = tables_of(lines)
    assert (row["function"], row["place"]) == (" ".join(name.split()), f"{name}:{name}".strip())

"""README.md and docs/ show what the programs print, their commands run, and their links lead somewhere.

`pytest --regen-all` rewrites the output in them; CONTRIBUTING.md explains the comments that mark it.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.fake_api import ISSUER_ID, KEY_ID, FakeAPI
from tests.helpers.support import ROOT, spawn
from tests.helpers.weekly_reports import write_year

README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(?ms)^(?P<opening>(?:<!-- (?P<label>[^\n]+) -->\n)?```(?P<language>\w*)\n)(?P<text>.*?)^```\n")
OUTPUT = re.compile(r"output(?: of (?P<command>[^:]+))?(?:: (?P<parts>.+))?")
# The last two are run elsewhere.
NOT_RUN = ("not run", "tests", "ci")
CHECKOUT = ["generate-token.py", "get-diagnostics-logs.py", "get-metrics-insights.py", "ppclient", "ppparser", "tests"]
# Programs that the documents mention and that are not this project's. They read their input, as in a pipe.
STUBS = ["pip", "pipx", "ruff", "mypy", "chromium", "flamegraph.pl"]
PYTHON = f"""\
#!/bin/sh
case "$2" in venv | pip | pytest) exit ;; esac
exec {sys.executable} "$@"
"""
JQ = f"""\
#!{sys.executable}
import jq, sys
print(*jq.compile(sys.argv[-1]).input_text(sys.stdin.read()).all(), sep="\\n")
"""


class Reader:
    """Someone who types the commands of a document, in a checkout of this project, with the IDs of their own key."""

    def __init__(self, checkout: Path, environment: dict[str, str]) -> None:
        self.checkout = checkout
        self._environment = environment
        self._replacements = {
            "57246542-96fe-1a63-e053-0824d011072a": ISSUER_ID,
            "2X9R4HXF34": KEY_ID,
            "https://api.appstoreconnect.apple.com": environment["APP_STORE_CONNECT_URL"],
        }

    def output_of(self, script: str, expected_status: int = 0) -> str:
        """Run a script and return what it prints."""
        for example, value in self._replacements.items():
            script = script.replace(example, value)
        outcome = spawn(["/bin/bash", "-euo", "pipefail", "-c", script], self._environment, cwd=self.checkout)
        assert outcome.status == expected_status, f"{script}\n{outcome.err}"
        return outcome.out


@pytest.fixture
def reader(api: FakeAPI, home: Path) -> Reader:
    """Return a reader whose key is that of the fake API, and who has saved a report a week for a year."""
    checkout, tools = home / "ppparser", home / "ppparser" / ".venv" / "bin"
    tools.mkdir(parents=True)
    for name in CHECKOUT:
        (checkout / name).symlink_to(ROOT / name)
    programs = {"python": PYTHON, "python3": PYTHON, "jq": JQ, "activate": "", **dict.fromkeys(STUBS, "#!/bin/sh\ncat")}
    for name, text in programs.items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    downloads, keys, weeks = home / "Downloads", home / ".appstoreconnect" / "private_keys", home / "metrics"
    for folder in (downloads, keys, weeks):
        folder.mkdir(parents=True)
    write_year(weeks)
    variables = {**api.environment(downloads), **api.environment(keys)}
    path = f"{tools}:{checkout}:/usr/bin:/bin"
    return Reader(checkout, {**variables, "HOME": str(home), "PATH": path, "PYTHONUTF8": "1"})


def excerpt(text: str, parts: str) -> str:
    """Return some lines: `parts` are a number of lines and how the first of them starts, separated by vertical bars."""
    lines, position, chosen = text.splitlines(), 0, []
    for part in parts.split(" | "):
        count, start = part.split(" ", 1)
        first = next((at for at in range(position, len(lines)) if lines[at].lstrip().startswith(start)), None)
        assert first is not None, f"no line starts with {start!r}"
        chosen += ["..."] * (first > position) + lines[first : first + int(count)]
        position = first + int(count)
    return "\n".join([*chosen, *["..."] * (position < len(lines)), ""])


def as_printed(document: str, reader: Reader) -> str:
    """Return a document with the output in it as its commands print it now."""
    printed = ""

    def block_as_printed(match: re.Match[str]) -> str:
        nonlocal printed
        label, text = match["label"] or "", match["text"]
        missing_tool = label.startswith("needs ") and not shutil.which(label.split()[1])
        if match["language"] == "sh" and label not in NOT_RUN and not missing_tool:
            printed = reader.output_of(text, int(label.split()[1]) if label.startswith("status ") else 0)
        elif label.startswith("file "):
            (reader.checkout / label.split()[1]).write_text(text)
        elif output := OUTPUT.fullmatch(label):
            complete = reader.output_of(output["command"]) if output["command"] else printed
            text = excerpt(complete, output["parts"]) if output["parts"] else complete
        return f"{match['opening']}{text}```\n"

    return BLOCK.sub(block_as_printed, document)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_commands_run_and_print_what_is_shown(path: Path, reader: Reader, pytestconfig: pytest.Config) -> None:
    document = path.read_text(encoding="utf-8")
    current = as_printed(document, reader)
    if pytestconfig.getoption("regen_all"):
        path.write_text(current, encoding="utf-8")
    else:
        assert document == current


def tokens_of(path: Path) -> Iterator[Token]:
    """Yield the tokens of a document, each block's before those inside it."""
    for token in MarkdownIt().parse(path.read_text(encoding="utf-8")):
        yield token
        yield from token.children or ()


def anchors_in(path: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a document."""
    tokens = list(tokens_of(path))
    headings = [after.content for token, after in zip(tokens, tokens[1:]) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_links_lead_to_a_file_and_a_heading(path: Path) -> None:
    targets = [str(token.attrs.get("href") or token.attrs.get("src") or "") for token in tokens_of(path)]
    for target in filter(None, targets):
        if not target.startswith("https://"):
            name, _, anchor = target.partition("#")
            file = path.parent / name if name else path
            assert (target, file.exists()) == (target, True)
            assert anchor == "" or anchor in anchors_in(file), target


def test_readme_is_short_and_links_to_every_document() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 200
    links = {
        (ROOT / str(token.attrs["href"]).partition("#")[0]) for token in tokens_of(README) if "href" in token.attrs
    }
    assert set(DOCUMENTS) - links == {README}


def test_ci_runs_the_test_command_of_the_readme() -> None:
    block = README.read_text(encoding="utf-8").split("<!-- tests -->\n```sh\n", 1)[1].split("```", 1)[0]
    assert "requirements.txt -r tests/requirements.txt" in block
    assert block.endswith("-m pytest -q\n")
    assert "sed -n '/<!-- tests -->/" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")

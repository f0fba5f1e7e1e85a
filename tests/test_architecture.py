"""Tests of the imports: data flows one way, from the ground up, as docs/architecture.md shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.helpers.support import ROOT

# A folder imports from itself and from earlier ones in this list.
FOLDERS = (
    "ppparser",  # errors.py and the version; what starts the program is above all, and listed in STARTERS.
    "ppparser.program",
    "ppparser.documents",
    "ppparser.diagnostics",
    "ppparser.metrics",
    "ppparser.gate",
    "ppparser.reports",
    "ppparser.output.text",
    "ppparser.output.markdown",
    "ppparser.output.html",
    "ppparser.output.data",
    "ppparser.output",
)
STARTERS = ("ppparser.cli", "ppparser.offline", "ppparser.__main__")
NETWORK_PACKAGES = {"jwt", "cryptography", "requests", "urllib3"}
MAX_FILES = 14
MAX_IMPORTS_IN_FUNCTIONS = 5

SCRIPTS = sorted(ROOT.glob("*.py"))
FILES = sorted(path for package in ("ppparser", "ppclient") for path in (ROOT / package).rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def folder_of(module: str) -> str:
    return module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]


def imports_of(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, those of this project by their whole names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield submodule if submodule in MODULES else node.module


OWN_IMPORTS = {
    module: {imported for imported in imports_of(path) if imported in MODULES} for module, path in MODULES.items()
}


def test_no_folder_imports_from_a_later_one() -> None:
    arrows = [
        f"{module} imports {imported}"
        for module, all_imported in OWN_IMPORTS.items()
        if module.startswith("ppparser") and module not in STARTERS
        for imported in all_imported
        if not imported.startswith("ppparser.") or FOLDERS.index(folder_of(imported)) > FOLDERS.index(folder_of(module))
    ]
    assert arrows == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    remaining = {module: set(imported) - {module} for module, imported in OWN_IMPORTS.items()}
    while leaves := {module for module, imported in remaining.items() if not imported & remaining.keys()}:
        remaining = {module: imported for module, imported in remaining.items() if module not in leaves}
    assert remaining == {}


def test_only_the_client_imports_network_packages() -> None:
    outside = [path for path in (*SCRIPTS, *FILES) if path.parent.name != "ppclient"]
    packages = {path.name: {imported.partition(".")[0] for imported in imports_of(path)} for path in outside}
    assert {name: imported for name, imported in packages.items() if imported & NETWORK_PACKAGES} == {}


def test_no_folder_has_more_files_than_a_reader_takes_in() -> None:
    counts = {str(folder): len(list(folder.glob("*.py"))) for folder in {path.parent for path in FILES}}
    assert {folder: count for folder, count in counts.items() if count > MAX_FILES} == {}


def test_few_imports_stand_in_functions() -> None:
    places = [
        f"{path.name}:{node.lineno}"
        for path in (*SCRIPTS, *FILES)
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert len(places) <= MAX_IMPORTS_IN_FUNCTIONS, places

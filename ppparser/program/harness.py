"""What the four programs share: arguments, streams, exit statuses, and the end of the process."""

from __future__ import annotations

import gc
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from ppparser.errors import ExitStatus, UsageError, UserError
from ppparser.program.secrecy import looks_secret
from ppparser.program.signals import handle_signals
from ppparser.program.streams import prepare_streams
from ppparser.program.terminal import clean, discard

_OWN_PACKAGES = ("ppclient", "ppparser")
# What reaches stderr at most, whatever a server or a file contains.
_MAX_LINES = 20
_MAX_LINE_LENGTH = 700


class Arguments(dict[str, Any]):
    """What docopt made of a command line: option, command or argument -> value."""

    def whole_number(self, option: str, lowest: int = 1, highest: int | None = None) -> int:
        """Return the value of `option` as a number. Raises UsageError outside the range."""
        value = self[option]
        if re.fullmatch("[0-9]{1,18}", value):
            number = int(value)
            if lowest <= number and (highest is None or number <= highest):
                return number
        limit = "" if highest is None else f" to {highest}"
        expected = f"a whole number from {lowest}{limit}" if limit or lowest != 1 else "a positive whole number"
        raise UsageError(f"{option} takes {expected}")

    def optional_number(self, option: str) -> int | None:
        """Return the value of `option` as a positive number, None if it is not given. Raises UsageError."""
        return self.whole_number(option) if self[option] else None

    def command_line(self, *omitted: str) -> list[str]:
        """Return the arguments again, without the options in `omitted`."""
        # docopt keeps options in no particular order.
        return [
            name if each is True else f"{name}={each}" if name[0] == "-" else each
            for name, value in sorted(self.items(), key=lambda item: (item[0][0] == "-", item[0]))
            if value and name not in omitted
            for each in (value if isinstance(value, list) else [value])
        ]

    def reject_empty_values(self) -> None:
        """Raise UsageError for an empty argument or option, such as `--app=$APP` with APP unset."""
        for name, value in self.items():
            if value == "" or (isinstance(value, list) and "" in value):
                raise UsageError(f"{name} has an empty value")


def _reject_secrets(argv: list[str]) -> None:
    """Raise UsageError for an argument that looks secret, before it is shown, sent or used as the name of a file."""
    for position, argument in enumerate(argv, 1):
        if looks_secret(argument):
            option = re.match("(--[a-z][a-z_-]{0,30})=", argument)
            place = f"the value of {option[1]}" if option else f"argument {position}"
            raise UsageError(
                f"{place} looks like a key or a token: give a key by the path of its .p8 file, and a token in TOKEN"
            )


class Program:
    """A program: its name and its usage text, which docopt reads and a usage error shows."""

    def __init__(self, name: str, usage: str, version: str | None = None) -> None:
        self.name = name
        self.usage = usage
        self.version = version

    def command(self, name: str) -> list[str]:
        """Return the command that starts the program `name` of this suite as this one was started."""
        folder, started_name = os.path.split(sys.argv[0])
        if started_name != self.name:
            return ["python3", name]
        is_installed = folder in os.environ.get("PATH", "").split(os.pathsep)
        return [name] if folder and is_installed else ["python3", os.path.join(folder, name)]

    def parse(self, argv: list[str]) -> Arguments:
        """Return the arguments in `argv`, or print the help or the version and exit. Raises UsageError."""
        _reject_secrets(argv)
        # Python 3.12 and newer report invalid escapes in docopt, unless it is compiled already.
        warnings.filterwarnings("ignore", category=SyntaxWarning, module=".*docopt")
        from docopt import DocoptExit, docopt  # Here, where a missing package ends with a message.

        try:
            return Arguments(docopt(self.usage, argv, version=self.version))
        except DocoptExit as error:
            from ppparser.program.usage import usage_problem  # It relies on what docopt does not document.

            raise UsageError(usage_problem(self.usage, argv, str(error).split("\n", 1)[0])) from None

    def usage_section(self) -> str:
        """Return the lines of the usage text from "Usage:" to the next empty line."""
        return self.usage[self.usage.index("Usage:") :].split("\n\n")[0].rstrip()

    @contextmanager
    def importing(self) -> Iterator[None]:
        """End the process with a message if a package that is imported in the block is missing."""
        try:
            yield
        except ImportError as error:
            _print_to_stderr(f"{self.name}: {_explanation(error)}")
            raise SystemExit(ExitStatus.FAILURE) from None

    def run(self, main: Callable[[list[str]], int], argv: list[str]) -> int:
        """Call `main` and return the exit status; errors become one message on stderr."""
        try:
            prepare_streams()
            try:
                status = main(argv)
            except SystemExit:  # docopt has printed the help or the version.
                status = ExitStatus.SUCCESS
            except UserError as error:
                sys.stdout.flush()
                self._print_error(error)
                status = error.exit_status
            sys.stdout.flush()
            return status
        except KeyboardInterrupt:
            return ExitStatus.INTERRUPTED
        except BrokenPipeError:
            discard(sys.stdout)
            return ExitStatus.SUCCESS
        except OSError as error:
            discard(sys.stdout)
            _print_to_stderr(f"{self.name}: cannot write the output: {error.strerror}")
        except Exception as error:
            with suppress(OSError):
                sys.stdout.flush()
            _print_to_stderr(f"{self.name}: {_explanation(error)}")
        return ExitStatus.FAILURE

    def start(self, main: Callable[[list[str]], int]) -> NoReturn:
        """Run `main` with the arguments of the process, and end the process.

        It ends at once: freeing a large report takes a tenth of the time that reading it took, and the interpreter
        would wait for requests that are still running. There is no garbage collector, which would walk a report, a
        large tree without cycles, again and again.
        """
        gc.disable()
        handle_signals()
        status = self.run(main, sys.argv[1:])
        sys.stderr.flush()
        os._exit(status)

    def warn(self, message: str) -> None:
        """Print a message on stderr that is not an error."""
        _print_to_stderr(f"{self.name}: {message}")

    def _print_error(self, error: UserError) -> None:
        message = f"{self.name}: {error}"
        if isinstance(error, UsageError):
            message += f"\n{self.usage_section()}"
        _print_to_stderr(message)


def _explanation(error: Exception) -> str:
    """Return what to say about an unexpected exception. Its own text may contain anything, even a secret."""
    package = (getattr(error, "name", None) or "").split(".")[0]
    if isinstance(error, ImportError) and package and package not in _OWN_PACKAGES:
        return (
            f"the module {package} is missing or broken: run python3 -m pip install -r requirements.txt,\n"
            "  and if that does not help, use Xcode's Python or one from python.org"
        )
    if isinstance(error, MemoryError):
        return "there is not enough memory to read this report"
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    return f"this is a bug ({type(error).__name__} at {place}): please report it and include the command you ran"


def _print_to_stderr(message: str) -> None:
    """Print `message`, shortened if necessary; of its control characters, only line breaks reach the terminal."""
    try:
        print(*_shortened([clean(line) for line in message.split("\n")]), sep="\n", file=sys.stderr, flush=True)
    except OSError:  # Nobody can read the message; the exit status remains.
        discard(sys.stderr)


def _shortened(lines: list[str]) -> list[str]:
    """Return as many of `lines` as stderr may receive, and how many were omitted."""
    if len(lines) > _MAX_LINES:
        kept = lines[: _MAX_LINES - 1]
        lines = [*kept, f"  ({len(lines) - len(kept)} more lines omitted)"]
    return [line if len(line) <= _MAX_LINE_LENGTH else f"{line[:_MAX_LINE_LENGTH]}..." for line in lines]

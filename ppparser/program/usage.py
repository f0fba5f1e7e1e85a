"""Explain why docopt rejected a command line. Values are not repeated: one may be a secret."""

from __future__ import annotations

import re
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

# None of this is documented, but docopt 0.6.2 of 2014 is its last release.
from docopt import (  # type: ignore[attr-defined]
    AnyOptions,
    Argument,
    Command,
    DocoptExit,
    Either,
    Option,
    TokenStream,
    formal_usage,
    parse_argv,
    parse_defaults,
    parse_pattern,
    printable_usage,
)

# Options of earlier versions, and others that people try, for values of --format.
_FORMATS = ("--markdown", "--html", "--json", "--csv", "--folded")
_MIN_SIMILARITY = 0.7


def usage_problem(usage: str, argv: list[str], docopt_message: str) -> str:
    """Return what is missing from `argv`, or unexpected; `docopt_message` is docopt's reason."""
    options = parse_defaults(usage)
    pattern = parse_pattern(formal_usage(printable_usage(usage)), options)
    long_names = [option.long for option in options if option.long]
    for argument in argv:
        name = argument.partition("=")[0]
        if f"-{name}" in long_names:  # docopt reads -help as -h -e -l -p.
            return f"there is no option {name}: did you mean -{name}?"

    known_and_unknown, given = list(options), []
    with suppress(DocoptExit):
        given = parse_argv(TokenStream(argv, DocoptExit), known_and_unknown)
    for option in known_and_unknown[len(options) :]:
        return _unknown_option(option.name, long_names)
    if not docopt_message.startswith("Usage:"):  # Otherwise docopt only knows that nothing matches.
        return docopt_message.replace("requires argument", "requires a value").replace("an argument", "a value")

    words = [part.value for part in given if isinstance(part, Argument)]
    commands = [command.name for command in pattern.flat(Command)]
    if commands and not (words and words[0] in commands):
        if closest := words and get_close_matches(words[0].lower(), [*commands, "--help"], 1, _MIN_SIMILARITY):
            return f"there is no such command: did you mean {closest[0]}?"
        return f"the command is missing: {', '.join(commands)}"

    for any_options in pattern.flat(AnyOptions):  # docopt, too, leaves this to the end.
        any_options.children = [option for option in options if option not in pattern.flat(Option)]
    lines = [line for line in pattern.children[0].children if len(line.children) > 1]  # The others are -h and -v.
    return _mismatch(
        [line for line in lines if all(command.name in words for command in line.flat(Command))], given, argv
    )


def _unknown_option(name: str, long_names: list[str]) -> str:
    if name in _FORMATS and "--format" in long_names:
        return f"there is no option {name}: use --format={name[2:]}"
    if closest := get_close_matches(name, long_names, 1, _MIN_SIMILARITY):
        return f"there is no option {name}: did you mean {closest[0]}?"
    return f"there is no option {name}" if re.fullmatch("--?[a-z][a-z_-]{0,30}", name) else "there is no such option"


def _mismatch(lines: list[Any], given: list[Any], argv: list[str]) -> str:
    """Return how the arguments differ from the line of the usage that is closest to them."""
    differences = []
    for line in lines:
        missing, rest, matched = [], given, list[Any]()
        for part in line.children:
            is_given, rest, matched = part.match(rest, matched)
            if not is_given:
                missing.append(part.flat()[0].name)
        words = [part.value for part in rest if isinstance(part, Argument)]
        options = [part.name for part in rest if isinstance(part, Option)]
        differences.append((missing, words, options))
    missing, words, options = min(differences, key=lambda each: (len(each[2]), len(each[0]) + len(each[1])))
    if missing:
        return f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    if words:
        return f"argument {len(argv) - argv[::-1].index(words[0])} is unexpected"
    names = [part.name for part in given if isinstance(part, Option)]
    if names.count(options[0]) > 1:
        return f"{options[0]} is given more than once"
    for group in [group for line in lines for group in line.flat(Either)]:
        exclusive = [option.name for option in group.children if option.name in names]
        if len(exclusive) > 1:
            return f"{' and '.join(exclusive)} cannot be combined"
    return f"{options[0]} cannot be used here"

"""Says what is wrong with a command line that docopt rejects. Values are not repeated: one may be a secret."""

from __future__ import annotations

import re
from typing import NamedTuple

_OPTION = re.compile(r"(?<!\w)(?:--[a-z][a-z_-]{0,30}|-[A-Za-z])")


class _Pattern(NamedTuple):
    """A line of the usage: the words it requires, and all options it mentions."""

    commands: list[str]
    options: list[str]
    arguments: list[str]
    mentioned: set[str]


class _CommandLine(NamedTuple):
    """The options of a command line by their long names, and the other words by their positions (from 1)."""

    options: list[str]
    words: dict[int, str]


def usage_section(usage: str) -> str:
    """Return the lines from "Usage:" to the next empty line: all that docopt reads as the usage."""
    return usage[usage.index("Usage:") :].split("\n\n")[0].rstrip()


def usage_problem(usage: str, argv: list[str], docopt_message: str) -> str:
    """Return what is missing from `argv`, or does not belong there; `docopt_message` is docopt's reason."""
    given = _classify(usage, argv)
    known = set(_OPTION.findall(usage))
    repeatable = set(re.findall(r"(--[a-z_-]+)(?:=[A-Z_]+)?\]\.\.\.", usage))
    for option in given.options:
        if not any(name.startswith(option) for name in known):
            return f"there is no option {option}" if _OPTION.fullmatch(option) else "there is no such option"
        if given.options.count(option) > 1 and option not in repeatable:
            return f"{option} is given more than once"
    if not docopt_message.startswith("Usage:"):  # Otherwise docopt only knows that nothing matches.
        return docopt_message.replace("requires argument", "requires a value").replace("an argument", "a value")
    patterns = [_pattern(line) for line in usage_section(usage).splitlines()[1:]]
    commands = [command for pattern in patterns for command in pattern.commands]
    if commands and not set(commands) & set(given.words.values()):
        return f"say which report to parse: {' or '.join(commands)}"

    def similarity(pattern: _Pattern) -> tuple[int, int, int]:
        """Rate by the commands and then the options in common, then by the fewest missing."""
        return (
            len(set(given.words.values()) & set(pattern.commands)),
            len(set(given.options) & pattern.mentioned),
            -len(_missing_options(pattern, given)),
        )

    return _difference(usage, max(patterns, key=similarity), given)


def _difference(usage: str, pattern: _Pattern, given: _CommandLine) -> str:
    """Return why `given` does not match `pattern`, the line of the usage that it resembles most."""
    commands = list(pattern.commands)
    positions = []
    for position, word in given.words.items():
        if word in commands:
            commands.remove(word)
        else:
            positions.append(position)
    missing = _missing_options(pattern, given) + pattern.arguments[len(positions) :]
    if missing:
        names = " and ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
        return f"{names} {'is' if len(missing) == 1 else 'are'} missing"
    if len(positions) > len(pattern.arguments):
        return f"argument {positions[len(pattern.arguments)]} does not belong here"
    for group in re.findall(r"\[([^]|]+\|[^]]+)\]", usage):
        exclusive = [option for option in _OPTION.findall(group) if option in given.options]
        if len(exclusive) > 1:
            return f"{' and '.join(exclusive)} cannot be combined"
    foreign = [option for option in given.options if option not in pattern.mentioned]
    return f"{foreign[0]} does not belong here" if foreign else "the arguments do not match the usage"


def _missing_options(pattern: _Pattern, given: _CommandLine) -> list[str]:
    return [option for option in pattern.options if option.split("=")[0] not in given.options]


def _pattern(line: str) -> _Pattern:
    required = re.sub(r"\[[^]]*\](\.\.\.)?", "", line).split()[1:]
    return _Pattern(
        [word for word in required if word.islower() and not word.startswith("-")],
        [word for word in required if word.startswith("-")],
        [word for word in required if word.isupper() and not word.startswith("-")],
        set(_OPTION.findall(line)),
    )


def _classify(usage: str, argv: list[str]) -> _CommandLine:
    """Tell options from other words, as docopt does: by the options that take a value."""
    long_names = dict(re.findall(r"^ +(-\w)(?:[ =][A-Z_]+)?, (--[a-z_-]+)", usage, re.MULTILINE))
    names = sorted(set(re.findall(r"--[a-z_-]+", usage)))
    with_value = set(re.findall(r"(--[a-z_-]+)[= ][A-Z]", usage))
    options: list[str] = []
    words: dict[int, str] = {}
    remaining = iter(enumerate(argv, 1))
    for position, argument in remaining:
        if argument == "--":  # docopt counts it among the words, too.
            words[position] = argument
            words.update(remaining)
        elif argument.startswith("--"):
            name, equals_sign, _ = argument.partition("=")
            matches = [name] if name in names else [option for option in names if option.startswith(name)]
            options.append(matches[0] if len(matches) == 1 else name)
            if options[-1] in with_value and not equals_sign:
                next(remaining, None)
        elif argument.startswith("-") and len(argument) > 1:
            for i, letter in enumerate(argument[1:], 2):
                options.append(long_names.get(f"-{letter}", f"-{letter}"))
                if options[-1] in with_value:
                    if i == len(argument):
                        next(remaining, None)
                    break
        else:
            words[position] = argument
    return _CommandLine(options, words)

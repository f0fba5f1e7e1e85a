"""Explain why docopt rejected a command line. Values are not repeated: one may be a secret."""

from __future__ import annotations

import re

_REPEATABLE = re.compile(r"\[(--[a-z_-]+)[^]]*\]\.\.\.")
# Options of earlier versions -> those that replaced them.
_REPLACED = {"--csv": "--format=csv", "--folded": "--format=folded"}
_OPTION = re.compile(r"(?<!\w)(?:--[a-z][a-z_-]{0,30}|-[A-Za-z])")


def usage_section(usage: str) -> str:
    """Return the lines from "Usage:" to the next empty line: all that docopt reads as the usage."""
    return usage[usage.index("Usage:") :].split("\n\n")[0].rstrip()


def usage_problem(usage: str, argv: list[str], docopt_message: str) -> str:
    """Return what is missing from `argv`, or unexpected; `docopt_message` is docopt's reason."""
    options, words = _classify(usage, argv)
    repeatable = _REPEATABLE.findall(usage)
    for option in options:
        if not any(name.startswith(option) for name in _OPTION.findall(usage)):
            if option in _REPLACED:
                return f"{option} is now {_REPLACED[option]}"
            return f"there is no option {option}" if _OPTION.fullmatch(option) else "there is no such option"
        if options.count(option) > 1 and option not in repeatable:
            return f"{option} is given more than once"
    if not docopt_message.startswith("Usage:"):  # Otherwise docopt only knows that nothing matches.
        return docopt_message.replace("requires argument", "requires a value").replace("an argument", "a value")

    section = usage_section(usage)
    lines = re.sub("\n {5,}", " ", section).splitlines()[1:]  # A long line is continued on the next one.
    commands = [word for line in lines for word in _required(line) if word.islower() and word.isalpha()]
    if commands and not set(commands) & set(words.values()):
        return f"the command is missing: {_joined(commands, 'or')}"
    line = max(lines, key=lambda line: _similarity(line, options, list(words.values())))
    repeatable_here = _REPEATABLE.findall(line)
    for option in options:
        if options.count(option) > 1 and option not in repeatable_here:
            return f"{option} is given more than once"
    required = _required(line)
    positions = list(words)
    for position, word in words.items():
        if word in required and word.islower():
            required.remove(word)
            positions.remove(position)
    arguments = [word.rstrip(".") for word in required if word.isupper()]
    takes_any_number = any(word.endswith("...") for word in required)
    missing = _missing_options(required, options) + arguments[len(positions) :]
    if missing:
        return f"{_joined(missing, 'and')} {'is' if len(missing) == 1 else 'are'} missing"
    if len(positions) > len(arguments) and not takes_any_number:
        return f"argument {positions[len(arguments)]} is unexpected"
    for group in re.findall(r"\[([^]|]+\|[^]]+)\]", usage):
        exclusive = [option for option in _OPTION.findall(group) if option in options]
        if len(exclusive) > 1:
            return f"{' and '.join(exclusive)} cannot be combined"
    # `[options]` stands for those that no usage line names.
    anywhere = [name for name in _OPTION.findall(usage) if name not in _OPTION.findall(section)]
    allowed = [*_OPTION.findall(line), *(anywhere if "[options]" in line else [])]
    foreign = [option for option in options if option not in allowed]
    return f"{foreign[0]} cannot be used here" if foreign else "the arguments do not match the usage"


def _joined(names: list[str], conjunction: str) -> str:
    """Return the names with commas, and the conjunction before the last one."""
    return f" {conjunction} ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _required(line: str) -> list[str]:
    """Return the words that a line of the usage requires."""
    return re.sub(r"\[[^]]*\](\.\.\.)?", "", line).split()[1:]


def _missing_options(required: list[str], options: list[str]) -> list[str]:
    return [word for word in required if word.startswith("-") and word.split("=")[0] not in options]


def _similarity(line: str, options: list[str], words: list[str]) -> tuple[int, int, int]:
    """Rate a line of the usage by the commands, then by the options in common, then by the fewest missing."""
    required = _required(line)
    return (
        len({word for word in required if word.islower()} & set(words)),
        len(set(options) & set(_OPTION.findall(line))),
        -len(_missing_options(required, options)),
    )


def _classify(usage: str, argv: list[str]) -> tuple[list[str], dict[int, str]]:
    """Return the options in `argv` by their long names, and the other words by their positions (from 1)."""
    long_names = dict(re.findall(r"^ +(-\w)(?:[ =][A-Z_]+)?, (--[a-z_-]+)", usage, re.MULTILINE))
    names = sorted(set(re.findall(r"--[a-z_-]+", usage)))
    with_value = re.findall(r"(--[a-z_-]+)[= ][A-Z]", usage)
    options: list[str] = []
    words: dict[int, str] = {}
    remaining = iter(enumerate(argv, 1))
    for position, argument in remaining:
        if argument == "--":  # docopt counts it among the words, too.
            words.update([(position, argument), *remaining])
        elif argument.startswith("--"):
            name, equals_sign, _ = argument.partition("=")
            matches = [option for option in names if option.startswith(name)]
            options.append(matches[0] if len(matches) == 1 else name)
            if options[-1] in with_value and not equals_sign:
                next(remaining, None)
        elif argument.startswith("-") and len(argument) > 1:
            for place, letter in enumerate(argument[1:], 2):
                options.append(long_names.get(f"-{letter}", f"-{letter}"))
                if options[-1] in with_value:  # The value is the rest of the argument, or the next one.
                    if place == len(argument):
                        next(remaining, None)
                    break
        else:
            words[position] = argument
    return options, words

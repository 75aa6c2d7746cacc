"""docs/cli.md: the `duizhang` command, out of the Typer app itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docs_text import HEAD, block, section, table
from duizhang.cli import app
from typer.main import get_command


def _leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """(full name, command) of every command that does something."""
    if getattr(command, "invoke_without_command", False) and command.params:
        yield name, command
    if hasattr(command, "commands"):
        for each in sorted(command.commands):
            yield from _leaves(command.commands[each], f"{name} {each}")
    else:
        yield name, command


def command_names() -> list[str]:
    """`duizhang sample`, `duizhang audit verify`, …"""
    return [name for name, _ in _leaves(get_command(app), "duizhang")]


def _usage(name: str, command: Any) -> str:
    words = [name]
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            words.append((parameter.metavar or parameter.name.upper()) + ("…" if parameter.nargs == -1 else ""))
        elif parameter.required:
            words.append(f"{parameter.opts[0]} {parameter.name.upper()}")
    return " ".join([*words, "[OPTIONS]"])


def _parameter(parameter: Any) -> tuple[str, str, str]:
    argument = parameter.param_type_name == "argument"
    names = parameter.name.upper() if argument else " / ".join([*parameter.opts, *parameter.secondary_opts])
    default = "必填 required" if parameter.required else "" if parameter.default is None else str(parameter.default)
    return f"`{names}`", default, getattr(parameter, "help", "") or ""


def cli_page() -> str:
    """The page of all commands."""
    parts = [f"{HEAD}# `duizhang`\n\n{get_command(app).help or ''}\n"]
    for name, command in _leaves(get_command(app), "duizhang"):
        options = table(("", "默认 default", ""), [_parameter(parameter) for parameter in command.params])
        parts.append(section(f"`{name}`", f"{command.help or ''}\n\n{block('', _usage(name, command))}\n{options}"))
    return "".join(parts)

"""The commands about the catalogue that officers use: the list of indicators, official numbers, parameters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from duizhang.core.errors import FeedProblem
from duizhang.core.settings import Settings

indicators = typer.Typer(help="The catalogue, and official numbers of its indicators.")
parameters = typer.Typer(no_args_is_help=True, help="Limits and terms of indicators as a table that an officer can edit.")
Home = Annotated[Path | None, typer.Option("--home", help="Folder of the lake (default: DUIZHANG_HOME, else .home).")]
Table = Annotated[Path, typer.Argument(metavar="FILE", help="The list: .xlsx, .xls, .csv.")]


@indicators.callback(invoke_without_command=True)
def listed(context: typer.Context, json_: Annotated[bool, typer.Option("--json", help="The whole catalogue as JSON.")] = False) -> None:
    """The catalogue."""
    from duizhang.core.catalogue import load_catalogue

    if context.invoked_subcommand:
        return
    rules = load_catalogue(Settings.load())
    if json_:
        found = [{**rule.model_dump(mode="json"), "version": rule.version} for rule in rules]
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1, default=str))
        return
    for rule in rules:
        typer.echo(f"{rule.code}  {rule.severity}  {rule.subject:<10}  {rule.title}")


@indicators.command("import")
def import_official(
    file: Table, home: Home = None,
    write: Annotated[bool, typer.Option("--write", help="Keep the numbers in HOME/external.yaml.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="With --write: drop the kept numbers that this list does not have.")] = False,
) -> None:  # fmt: skip
    """Lay an official list of indicators on the catalogue: what matches, what is near, what is missing; a workbook below HOME/out/.

    The workbook's column 对应编码, filled in, is taken when the workbook is imported itself."""
    from duizhang.officer import numbers
    from duizhang.read.grids import open_grids

    settings = Settings.load(home)
    data = _bytes(file)
    try:
        laid = numbers.import_list(settings, data, open_grids(data), write, replace)
    except FeedProblem as problem:
        raise _refused(file, problem) from None
    for name, n in laid.counts.items():
        typer.echo(f"{name}  {n}")
    typer.echo(f"新编号  {laid.new_numbers}  " + ("已写入 external.yaml" if laid.written else "没有写入" if write else "未写入（--write）"))
    typer.echo(str(laid.workbook))


@parameters.command("export")
def export_parameters(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The workbook to write; it must not exist.")], home: Home = None
) -> None:
    """Write every value of every parameter, with source, place, validity and the indicators that read it."""
    from duizhang.officer import thresholds

    typer.echo(f"{thresholds.export_table(Settings.load(home), file)} rows in {file}")


@parameters.command("import")
def import_parameters(
    file: Table, home: Home = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Take it although the parameters changed since its export: this undoes that.")] = False,
) -> None:  # fmt: skip
    """Take the edited table into HOME/indicators.yaml and say what is added, changed, removed; exit 1, nothing written, where a row is
    wrong (each with one sentence) or the parameters have changed since the table was exported (with what has)."""
    from duizhang.contracts.load import load_book
    from duizhang.officer import thresholds
    from duizhang.officer.cells import where
    from duizhang.read.grids import open_grids

    settings = Settings.load(home)
    try:
        done = thresholds.import_table(settings, load_book(settings), open_grids(_bytes(file)), anyway)
    except thresholds.Refused as refused:
        for one in refused.refusals:
            typer.echo(f"{file.name} {where(refused.sheet)}第 {one.row} 行：{one.reason}", err=True)
        typer.echo(f"没有收：{len(refused.refusals)} 处不对，原来的参数没有动。", err=True)
        raise typer.Exit(1) from None
    except thresholds.Stale as stale:
        for line in stale.since:
            typer.echo(line, err=True)
        typer.echo(f"{file.name} 没有收：{stale.reason}。{stale.action}", err=True)
        raise typer.Exit(1) from None
    except FeedProblem as problem:
        raise _refused(file, problem) from None
    for line in done.changes:
        typer.echo(line)
    typer.echo(f"{done.rows} 行，其中本地的 {done.own} 行；" + (f"改了 {len(done.changes)} 处，写入 {done.path}" if done.changes else "没有改动"))
    if done.left_out:
        typer.echo(f"项目自带的 {done.left_out} 行不在表里，仍然有效。")


def _refused(file: Path, problem: FeedProblem) -> typer.Exit:
    typer.echo(f"{file.name}：{problem}", err=True)
    return typer.Exit(1)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise FeedProblem(f"文件打不开（{type(problem).__name__}）。", action="请检查路径。") from None

"""The `duizhang` command. Every stage runs from here without Airflow."""

from __future__ import annotations

import json
import logging
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from duizhang import cli_access, cli_closure, cli_cycle, cli_indicators
from duizhang.core.errors import ContractProblem, DuizhangError
from duizhang.core.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="对账: reconcile the anti-poverty registers. 账账相符、账实相符。")
audit = typer.Typer(no_args_is_help=True, help="Checks on the ledger.")
app.add_typer(audit, name="audit")
app.add_typer(cli_access.access, name="access")
app.add_typer(cli_indicators.indicators, name="indicators")
app.add_typer(cli_indicators.parameters, name="parameters")
app.command("password")(cli_access.password)
app.command("cycle")(cli_cycle.show)
app.command("remind")(cli_cycle.remind)
app.command("score")(cli_closure.score)
app.command("certify")(cli_closure.certify)
app.command("departments")(cli_closure.departments)

Home = Annotated[Path | None, typer.Option("--home", help="Folder of the lake (default: DUIZHANG_HOME, else .home).")]
AsOf = Annotated[str, typer.Option("--as-of", help="Date that the run stands for, e.g. 2026-10-25.")]
Inbox = Annotated[str, typer.Option("--inbox", help="Folder (or fsspec URL) that holds the arrivals.")]


def _say(value: Any) -> None:
    typer.echo(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1, default=str))


@app.command()
def sample(
    out: Annotated[Path, typer.Argument(help="Folder to write the made-up city into.")],
    people: int = 2000,
    seed: int = 1,
    months: int = 2,
    counties: int = 3,
    spreadsheets: Annotated[bool | None, typer.Option(help="Spreadsheets (default up to 100,000 people) or CSV.")] = None,
    mishaps: bool = True,
) -> None:
    """Make the known-answer world: a city, its exports, and the truth about every planted defect."""
    from duizhang import world

    report = world.make(out, people, seed, months=months, counties=counties, spreadsheets=spreadsheets, mishaps=mishaps)
    _say(str(report))


@app.command()
def run(inbox: Inbox, as_of: AsOf, home: Home = None, issue: bool = True, docs: bool = True) -> None:
    """The whole pipeline for one date: pull, read, normalise, snapshot, match, assemble, check, merge, publish."""
    from duizhang import pipeline

    summary = pipeline.run(Settings.load(home), inbox, as_of, issue=issue, docs=docs)
    _say({key: summary[key] for key in ("as_of", "files", "rows", "stages", "paths", "problems")})
    for code, county in summary["counties"].items():
        _say(f"{code} {county['name']}: {county['findings']} findings, {county['rules']} indicators, {len(county['problems'])} problems")


@app.command()
def pull(
    inbox: Annotated[str | None, typer.Option("--inbox", help="Folder (or fsspec URL) that holds the arrivals.")] = None,
    source: Annotated[list[str] | None, typer.Option("--source", help="A declared source (several times), or `all`.")] = None,
    day: Annotated[str | None, typer.Option("--day", help="Dates the queries that ask for the day of the run.")] = None,
    home: Home = None,
) -> None:
    """Land what is in the inbox or in declared sources; list the keys still to be ingested. A source that fails is told
    at the end, after the others."""
    from duizhang import pipeline
    from duizhang import pull as pulling

    settings = Settings.load(home)
    if not inbox and not source:
        raise ContractProblem("Nothing to pull.", action="Give --inbox or --source.")
    if inbox:
        pipeline.pull_inbox(settings, inbox)
    failed = False
    for name in sorted(pulling.load_sources(settings)) if source == ["all"] else source or []:
        try:
            pipeline.pull_source(settings, name, day)
        except DuizhangError as problem:
            failed = True
            typer.echo(f"{type(problem).__name__} ({problem.who}): {problem}", err=True)
    _say(pipeline.pending(settings))
    if failed:
        raise typer.Exit(1)


@app.command()
def ingest(home: Home = None, key: Annotated[str | None, typer.Option(help="One sha256; default: all that wait.")] = None) -> None:
    """Read and normalise landed files."""
    from duizhang import pipeline

    settings = Settings.load(home)
    for each in [key] if key else pipeline.pending(settings):
        _say(pipeline.ingest(settings, each))


@app.command()
def books(as_of: AsOf, home: Home = None) -> None:
    """Snapshot and match; list the counties whose books changed."""
    from duizhang import pipeline

    _say(pipeline.build_books(Settings.load(home), as_of))


@app.command()
def reconcile(
    as_of: AsOf,
    home: Home = None,
    county: Annotated[str | None, typer.Option()] = None,
    again: Annotated[bool, typer.Option("--again", help="Even where books and rules are those of the last time.")] = False,
) -> None:
    """Assemble, check and merge one county (default: all); what was checked on the same books and rules is left as it is."""
    from duizhang import cycle, ledger, pipeline

    settings = Settings.load(home)
    ledger.migrate(settings)
    for each in [county] if county else pipeline.counties(settings, as_of):
        _say(cycle.check(settings, each, as_of, again=again))


@app.command()
def issue(as_of: AsOf, home: Home = None, county: Annotated[str | None, typer.Option()] = None) -> None:
    """Publish and issue the list of one county (default: all)."""
    from duizhang import cycle, ledger, pipeline

    settings = Settings.load(home)
    ledger.migrate(settings)
    for each in [county] if county else pipeline.counties(settings, as_of):
        cycle.approve(settings, each, as_of)  # whoever runs this by hand approves it
        _say(cycle.issue(settings, each, as_of))


@app.command()
def receive(
    files: Annotated[list[Path], typer.Argument(help="Returned workbooks.")],
    home: Home = None,
    on: Annotated[str | None, typer.Option(help="Date of receipt (default: today).")] = None,
) -> None:
    """Take returned workbooks; write a receipt for each."""
    from duizhang import cycle, ledger

    settings = Settings.load(home)
    ledger.migrate(settings)
    for path in files:
        _say(cycle.receive(settings, path, on or date.today().isoformat()))


@app.command()
def feedback(
    file: Annotated[Path, typer.Argument(help="The list as it came: .xlsx, .xls, .csv or .zip.")],
    source: Annotated[str, typer.Option("--source", help="Who sent it down: 国家, 省, 市 …")],
    home: Home = None,
    on: Annotated[str | None, typer.Option(help="Date of receipt (default: today).")] = None,
    due: Annotated[str | None, typer.Option("--due", help="Deadline of lines that state none.")] = None,
    county: Annotated[str | None, typer.Option("--county", help="Take only lines of this county.")] = None,
    complete: Annotated[bool, typer.Option("--complete", help="The list holds all that the source asks.")] = False,
) -> None:
    """Take a list of suspected problems from above: each line joins an open question, opens one, or comes back with a reason."""
    from duizhang import ledger, pipeline

    settings = Settings.load(home)
    ledger.migrate(settings)
    _say(pipeline.take_feedback(settings, file, source, on or date.today().isoformat(), due, county, complete))


@app.command()
def summary(as_of: AsOf, home: Home = None) -> None:
    """Write and show summary.json."""
    from duizhang import pipeline

    _say(pipeline.summarise(Settings.load(home), as_of))


@app.command()
def contracts(json_: Annotated[bool, typer.Option("--json", help="All contracts as JSON.")] = False) -> None:
    """The contracts."""
    from duizhang.contracts.load import fingerprint, load_book

    found = load_book(Settings.load()).contracts
    if json_:
        _say([{**contract.model_dump(mode="json"), "version": fingerprint(contract)} for contract in found])
        return
    for contract in found:
        _say(f"{contract.feed}  {contract.department}  {'、'.join(contract.tables)}  {len(contract.columns)} columns")


@app.command("propose-contract")
def propose_contract(path: Path) -> None:
    """Print a contract for an unknown file."""
    from duizhang import read

    _say(read.propose_contract(path))


@audit.command("verify")
def verify(
    home: Home = None,
    against: Annotated[Path | None, typer.Option("--against", help="Heads noted elsewhere: `audit heads`, or a backup's manifest.json.")] = None,
) -> None:
    """Recompute the hash chain of every county and the seal of every row; exit 1 where anything was changed, moved or removed."""
    from duizhang import ledger

    settings = Settings.load(home)
    ledger.migrate(settings)
    problems = ledger.verify(settings, ledger.read_heads(against) if against else None)
    for problem in problems:
        _say(problem)
    destroyed = ledger.destroyed(settings)
    _say(f"{sum(destroyed.values())} values destroyed on schedule" + "".join(f", {county}: {n}" for county, n in destroyed.items()))
    _say(f"{len(problems)} problems")
    if problems:
        raise typer.Exit(1)


@audit.command("heads")
def heads(home: Home = None) -> None:
    """Length and last hash of every county's chain, as JSON: kept where nobody who keeps the ledger can change it, they prove
    later (`audit verify --against FILE`) that nothing before them was cut off or written anew."""
    from duizhang import ledger

    settings = Settings.load(home)
    ledger.migrate(settings)
    _say(ledger.heads(settings))


@app.command()
def backup(
    to: Annotated[Path, typer.Option("--to", help="The backup's folder; it must not exist. It will hold personal data (mode 0700).")],
    home: Home = None,
) -> None:
    """Copy what a home cannot make again (docs/runbooks/restore.md); refused while a run is writing."""
    from duizhang import ops

    manifest = ops.backup(Settings.load(home), to)
    _say({"files": len(manifest["files"]), "tables": len(manifest["tables"]), "ledger": manifest["ledger_digest"]})


@app.command()
def restore(
    source: Annotated[Path, typer.Option("--from", help="A folder that `backup` wrote.")],
    home: Annotated[Path, typer.Option("--home", help="The new home: a folder that is empty or not there.")],
) -> None:
    """Make a home out of a backup; every file is checked before, the ledger's chain after."""
    from duizhang import ops

    _say(ops.restore(source, home.resolve()))


@app.command()
def retention(
    home: Home = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what is due.")] = False,
    on: Annotated[str | None, typer.Option(help="The day it stands for (default: today).")] = None,
) -> None:
    """Destroy what is due by include/parameters/retention.yaml; never what an open question stands on."""
    from duizhang import ops

    _say(ops.retention(Settings.load(home), date.fromisoformat(on or date.today().isoformat()), dry_run=dry_run))


@app.command()
def alarms(as_of: AsOf, home: Home = None, send: Annotated[bool, typer.Option(help="Through the configured channels.")] = False) -> None:
    """What is wrong though nothing failed: feeds overdue, limits broken, lists not published, a ledger that does not verify."""
    from duizhang.ops.alerts import tell
    from duizhang.ops.watch import alarms as found_in

    settings = Settings.load(home)
    found = found_in(settings, as_of, date.today())
    for alert in found:
        _say(alert.clean().text() + "\n")
    _say(tell(settings, found) if send else f"{len(found)} alarms")


@app.command("test-alert")
def test_alert(home: Home = None) -> None:
    """Send one alert through every configured channel; exit 1 where none is, or one fails."""
    from duizhang.ops.alerts import Alert, tell

    outcome = tell(Settings.load(home), [Alert("test", "nobody")])
    _say(outcome)
    if not outcome["sent"]:
        raise typer.Exit(1)


@app.command()
def doctor(home: Home = None) -> None:
    """Is everything there that a run needs? Prints one line per check; exit 1 where one fails."""
    from duizhang.doctor import examine

    failed = False
    for name, problem in examine(Settings.load(home)):
        failed = failed or bool(problem)
        _say(f"{'FAIL' if problem else 'ok  '}  {name}{': ' + problem if problem else ''}")
    if failed:
        raise typer.Exit(1)


def main() -> None:
    """Entry point: errors of ours are one line that says who must act."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        app()
    except DuizhangError as problem:
        typer.echo(f"{type(problem).__name__} ({problem.who}): {problem}", err=True)
        raise SystemExit(1) from None

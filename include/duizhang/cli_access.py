"""The commands about who may look: logins to the database, passwords of workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duizhang.core.settings import Settings

access = typer.Typer(no_args_is_help=True, help="Logins to the database, each for the rows of its own region.")
Home = Annotated[Path | None, typer.Option("--home", help="Folder of the lake (default: DUIZHANG_HOME, else .home).")]
Region = Annotated[str, typer.Argument(help="Code of a county (6 digits), a city (4) or a province (2).")]


@access.command("grant")
def grant(region: Region, home: Home = None, renew: Annotated[bool, typer.Option("--renew", help="Give it a new password.")] = False) -> None:
    """Make the login of a region; its password stands in HOME/secrets/access.json."""
    from duizhang import ledger
    from duizhang.ops import access as logins

    settings = Settings.load(home)
    ledger.migrate(settings)
    made = logins.grant(settings, region, renew=renew)
    where = f"password in {settings.secrets / logins.FILE}" if made.known else "password with the server's DBA"
    typer.echo(f"{made.role} sees {made.region}; {where}")


@access.command("revoke")
def revoke(region: Region, home: Home = None) -> None:
    """Take the login of a region away, from running sessions too; exit 1 where there was none."""
    from duizhang import ledger
    from duizhang.ops import access as logins

    settings = Settings.load(home)
    ledger.migrate(settings)
    if not logins.revoke(settings, region):
        typer.echo(f"no login for {region}")
        raise typer.Exit(1)
    typer.echo(f"{logins.role_of(region)} is gone")


@access.command("list")
def granted(home: Home = None) -> None:
    """Every login: role, region, whether it can log in, whether its password is known here."""
    from duizhang import ledger
    from duizhang.ops import access as logins

    settings = Settings.load(home)
    ledger.migrate(settings)
    for each in logins.granted(settings):
        state = "ready" if each.ready else "no such role in the server: grant it again"
        typer.echo(f"{each.role}  {each.region}  {state}  {'password here' if each.known else 'password elsewhere'}")


def password(
    county: Annotated[str, typer.Argument(help="Code of the county (6 digits).")],
    home: Home = None,
    renew: Annotated[bool, typer.Option("--renew", help="A new one: lists sent under the old one can no longer be taken back.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Print it, to hand it over by another way than the list.")] = False,
) -> None:
    """Make the password of a county's encrypted workbooks (include/parameters/delivery.yaml); in HOME/secrets/passwords.json."""
    from duizhang.ops import secret_files

    settings = Settings.load(home)
    found = secret_files.county_password(settings, county, renew=renew)
    typer.echo(found if show else f"password of {county} in {settings.secrets / secret_files.COUNTY_PASSWORDS}")

"""Queries of PostgreSQL and MariaDB: the same rows are the same bytes, streamed, read-only, and read by the ordinary reader."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pymysql
import pytest
from duizhang.contracts.load import Book
from duizhang.core import postgres
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.settings import Settings
from duizhang.pull import Connection, arrivals
from duizhang.read import read

from tests.ledger.ledger_kit import connect
from tests.sources.conftest import Pull
from tests.sources.servers import PASSWORD, free_port

MESS = "王,小\"明\n四"
ROWS = [(1, MESS, "990101197001010018", 0.5, "2026-10-18", None), (2, "李五", "990101197001010026", 12.25, "2026-10-17", "")]
SELECT = "SELECT id, name, number, amount, changed, note FROM people ORDER BY id"
NEWEST = "SELECT max(changed) FROM people"


@dataclass
class Office:
    """A department's database with a table `people`."""

    connection: Connection
    cursor: Any

    def query(self, **more: str) -> dict[str, str]:
        return {"stem": "青石县名单", "sql": SELECT, "data_date": NEWEST, **more}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = Settings.load(tmp_path_factory.mktemp("office") / "home")
    postgres.ensure(settings)
    yield settings
    postgres.destroy(settings)


@pytest.fixture(params=["postgres", "mysql"])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    text = "CREATE TABLE people (id int, name varchar(50), number char(18), amount numeric(8, 2), changed date, note varchar(9))"
    if request.param == "postgres":
        settings: Settings = request.getfixturevalue("server")
        database, link = postgres.ensure(settings), connect(settings)
        found = Connection("office_db", "postgres", database.host, database.port, database.user, database.password, database.dbname)
    else:
        found = request.getfixturevalue("mariadb")
        link = pymysql.connect(host=found.host, port=int(found.port or 0), user=found.login, password=found.password,
                               database=found.schema, autocommit=True, charset="utf8mb4")
    with link.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS people")
        cursor.execute(text)
        for row in reversed(ROWS):
            cursor.execute("INSERT INTO people VALUES (%s, %s, %s, %s, %s, %s)", row)
        yield Office(found, cursor)
    link.close()


def test_rows_become_a_file_of_our_own_form_and_the_same_rows_no_new_one(office: Office, take: Pull, settings: Settings) -> None:
    found = take(office.connection, queries=[office.query()])
    assert [a.name for a in found] == ["来源/青石县名单_20261018.csv"]
    text = (settings.landing / found[0].sha256).read_text(encoding="utf-8")
    assert text == (
        'id,name,number,amount,changed,note\n1,"王,小""明\n四",990101197001010018,0.50,2026-10-18,\n'
        "2,李五,990101197001010026,12.25,2026-10-17,\n"
    )
    office.cursor.execute("DELETE FROM people WHERE id = 1")  # the same row again, written later: another place in the heap
    office.cursor.execute("INSERT INTO people VALUES (%s, %s, %s, %s, %s, %s)", ROWS[0])
    assert take(office.connection, queries=[office.query()]) == found
    assert len(arrivals(settings)) == 1
    office.cursor.execute("UPDATE people SET amount = 13 WHERE id = 2")
    assert take(office.connection, queries=[office.query()])[0].sha256 != found[0].sha256
    assert len(arrivals(settings)) == 2


def test_many_rows_are_streamed_whole(office: Office, take: Pull, settings: Settings) -> None:
    numbers = ", ".join(f"({n}, 'x', 'y', 1, '2026-10-01', NULL)" for n in range(10, 9010))
    office.cursor.execute(f"INSERT INTO people VALUES {numbers}")
    found = take(office.connection, queries=[office.query(sql="SELECT id FROM people WHERE name LIKE '%x%' ORDER BY id")])
    lines = (settings.landing / found[0].sha256).read_text(encoding="utf-8").splitlines()
    assert lines == ["id", *(str(n) for n in range(10, 9010))]


def test_the_data_date_is_the_querys_or_the_day_given(office: Office, take: Pull) -> None:
    assert take(office.connection, queries=[office.query(data_date="given")], day=date(2026, 11, 2))[0].name.endswith("_20261102.csv")
    with pytest.raises(ContractProblem, match="day of the run"):
        take(office.connection, queries=[office.query(data_date="given")])
    with pytest.raises(ContractProblem, match="no single date"):
        take(office.connection, queries=[office.query(data_date="SELECT max(name) FROM people")])


def test_a_query_cannot_write(office: Office, take: Pull) -> None:
    with pytest.raises((ContractProblem, InfraProblem)):
        # a SELECT by its first word; what it does is refused by the read-only session
        sql = "WITH gone AS (DELETE FROM people RETURNING id) SELECT id FROM gone ORDER BY id"
        take(office.connection, queries=[office.query(sql=sql)])
    office.cursor.execute("SELECT count(*) FROM people")
    assert office.cursor.fetchone()[0] == 2


def test_refusals_hold_no_password_and_no_row(office: Office, take: Pull, caplog: pytest.LogCaptureFixture) -> None:
    wrong = replace(office.connection, password=PASSWORD)
    nobody = replace(wrong, host="127.0.0.1", port=free_port())
    bad_cast = "SELECT CAST(name AS date), no_such_column FROM people ORDER BY id"
    cases = [
        (wrong, SELECT, ContractProblem, "refuses the login"),
        (nobody, SELECT, InfraProblem, "cannot be reached"),
        (office.connection, bad_cast, ContractProblem, "refuses a query"),
    ]
    for connection, sql, kind, words in cases:
        with caplog.at_level(logging.DEBUG), pytest.raises(kind, match=words) as caught:
            take(connection, queries=[office.query(sql=sql)])
        shown = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(connection)
        for secret in (PASSWORD, "right-one", "李五", office.connection.password):
            assert secret not in shown


def test_the_ordinary_reader_reads_it(office: Office, take: Pull, settings: Settings, book: Book) -> None:
    """A view that heads its columns as the export does is a file of that feed."""
    contract = next(c for c in book.contracts if c.role == "register" and c.scope.county == "filename")
    columns = ", ".join(f"'{n}' AS \"{c.name}\"" for n, c in enumerate(contract.columns) if c.required or c.name == contract.data_date.column)
    quote = '"' if office.connection.conn_type == "postgres" else "`"
    sql = f"SELECT {columns.replace(chr(34), quote)} FROM people ORDER BY id"
    stem = f"青石县{contract.title}" if not contract.files else contract.files[0].strip("*").split(".")[0]
    found = take(office.connection, queries=[office.query(stem=f"青石县公安局{stem}", sql=sql)])
    report = read(settings, found[0], book)
    assert (report.feed, report.refused) == (contract.feed, None)
    assert Path(found[0].name).name.endswith("_20261018.csv")

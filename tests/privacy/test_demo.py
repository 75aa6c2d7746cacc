"""The demo itself, through a real Airflow scheduler: it ends well, and leaves no person in Airflow's database or logs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from duizhang.core import postgres
from duizhang.core.settings import Settings
from psycopg2 import sql

from tests.privacy import needles

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_demo_ends_well_and_leaks_nobody(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "demo.py"), "--home", str(home), "--people", "400"],
        capture_output=True, timeout=1500, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode()[-3000:] + done.stderr.decode()[-3000:]
    settings = Settings.load(home)
    people = needles.of_lake(settings)
    assert len(people) > 800
    assert needles.leaks(done.stdout + done.stderr, people) == []
    logs = [path for path in settings.home.glob("logs/**/*") if path.is_file()]
    assert len(logs) > 20
    for path in logs:
        assert needles.leaks(path.read_bytes(), people) == [], path.name
    rows = 0
    try:
        with psycopg2.connect(postgres.ensure(settings, role="airflow").dsn()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")
            for (table,) in cursor.fetchall():
                cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
                content = "\n".join(row[0] for row in cursor.fetchall())
                rows += content.count("\n")
                assert needles.leaks(content.encode(), people) == [], table
            cursor.execute("SELECT count(*) FROM xcom")
            assert (cursor.fetchone() or (0,))[0] > 10
    finally:
        postgres.destroy(settings)
    assert rows > 100

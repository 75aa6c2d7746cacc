"""The operator's page inside Airflow: state of feeds, coverage, last run, links. Counts and codes only.

It shows what `<home>/summary.json` holds and is open only to those whom Airflow itself lets read the DAG `sync`.
"""

from __future__ import annotations

import html
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airflow.plugins_manager import AirflowPlugin

PREFIX = "/duizhang"
TITLES = {
    "feeds": "Feeds 来源",
    "coverage": "Coverage 覆盖",
    "counties": "Counties 各县",
    "stages": "Stages 各环节",
    "roll_forward": "Roll-forward 台账衔接",
    "problems": "Problems 问题",
    "links": "Links 关联",
    "outputs": "Outputs 产出",
}
STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1c1f23}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{border:1px solid #d5d9df;padding:.25rem .6rem;text-align:left}
th{background:#f2f4f7}td.n{text-align:right;font-variant-numeric:tabular-nums}.warn{background:#fff4d6;padding:.5rem}
"""


def rows_of(value: Any) -> list[dict[str, Any]]:
    """`value` of the summary as table rows: a list of objects, or an object of objects keyed by its names."""
    if isinstance(value, list):
        return [dict(row) if isinstance(row, Mapping) else {"": row} for row in value]
    if isinstance(value, Mapping) and value and all(isinstance(row, Mapping) for row in value.values()):
        return [{"": key, **row} for key, row in value.items()]
    return [{"": key, "count": each} for key, each in value.items()] if isinstance(value, Mapping) else []


def table(rows: list[dict[str, Any]]) -> str:
    """An HTML table of `rows`, every cell escaped."""
    heads = list(dict.fromkeys(key for row in rows for key in row))
    lines = ["<tr>" + "".join(f"<th>{html.escape(str(head))}</th>" for head in heads) + "</tr>"]
    lines += ["<tr>" + "".join(_cell(row.get(head)) for head in heads) + "</tr>" for row in rows]
    return f"<table>{''.join(lines)}</table>"


def _cell(value: Any) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    text = f"{value:,}" if number else "" if value is None else value
    if isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
    return f"<td{' class=n' if number else ''}>{html.escape(str(text))}</td>"


def calendar_note() -> str:
    """A warning when next year's working days are not known though the year is about to end; '' otherwise."""
    from datetime import timedelta

    from airflow.sdk import timezone
    from duizhang.core.errors import ContractProblem
    from duizhang_timetable import is_working_day

    ahead = (timezone.utcnow() + timedelta(days=45)).date()
    try:
        is_working_day(ahead)
    except ContractProblem as problem:
        return f"<p class=warn>{html.escape(str(problem))}</p>"
    return ""


def page(summary: Mapping[str, Any] | None, note: str = "") -> str:
    """The whole page for `summary` (None: no run yet)."""
    parts = ["<h1>duizhang 对账</h1>", note]
    parts.append('<p><a href="/dags?tags=duizhang" target="_top">DAGs 任务</a> · <a href="/assets" target="_top">Assets 资产')
    parts.append('</a> · <a href="/required_actions" target="_top">Approvals 待审批</a></p>')
    if summary is None:
        parts.append("<p class=warn>No run has been recorded yet. 还没有运行记录。</p>")
    else:
        plain = [{"": key, "value": each} for key, each in summary.items() if not isinstance(each, list | dict)]
        parts.append(f"<h2>Last run 最近一次运行</h2>{table(plain)}" if plain else "")
        order = [*(key for key in TITLES if key in summary), *(key for key in summary if key not in TITLES)]
        for key in order:
            rows = rows_of(summary[key])
            parts.append(f"<h2>{html.escape(TITLES.get(key, key))}</h2>{table(rows)}" if rows else "")
    head = f"<meta charset=utf-8><title>duizhang 对账</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang=zh-CN><head>{head}</head><body>{''.join(parts)}</body></html>"


def read_summary() -> dict[str, Any] | None:
    """The newest date's part of `summary.json` of DUIZHANG_HOME, None while there is none."""
    home = os.environ.get("DUIZHANG_HOME")
    path = Path(home) / "summary.json" if home else None
    if path is None or not path.is_file():
        return None
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    latest: dict[str, Any] | None = loaded["runs"].get(loaded["latest"])
    return latest


def build() -> Any:
    """The FastAPI app; every route asks Airflow's security for the user and for the right to read the DAG `sync`."""
    from airflow.api_fastapi.core_api.security import requires_access_dag
    from fastapi import Depends, FastAPI
    from fastapi.responses import HTMLResponse, JSONResponse

    readers = [Depends(requires_access_dag("GET", param_dag_id="sync"))]
    app = FastAPI(title="duizhang", dependencies=readers, openapi_url=None, docs_url=None, redoc_url=None)
    closed = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

    @app.get("/")
    def operator() -> Any:
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return HTMLResponse(page(read_summary(), calendar_note()), headers={**closed, **policy})

    @app.get("/summary.json")
    def summary() -> Any:
        return JSONResponse(read_summary(), headers=closed)

    return app


class LazyApp:
    """Builds the app at its first request: plugins are loaded by every Airflow process, only one of them serves pages."""

    def __init__(self) -> None:
        self._app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._app is None:
            self._app = build()
        await self._app(scope, receive, send)


class DuizhangViewPlugin(AirflowPlugin):
    name = "duizhang_view"
    fastapi_apps = [{"app": LazyApp(), "url_prefix": PREFIX, "name": "duizhang"}]
    external_views = [{"name": "对账 duizhang", "href": f"{PREFIX}/", "destination": "nav", "url_route": "duizhang"}]

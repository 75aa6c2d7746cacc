"""Who may do what: every pair of actor and step against the database, exemption in two hands, names of approvers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from duizhang import ledger
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.ledger import ids
from duizhang.ledger.judge import ASKED_BEFORE, NOT_EXEMPTIBLE, NOT_NAMED, SAME_PERSON
from duizhang.ledger.rights import Rights, fold

from tests.ledger.ledger_kit import D1, D2, A, B, County, Hit, connect, idkey
from tests.ledger.test_ledger_guards import tamper

ON = date(2026, 11, 5)
OPEN = ("found", "issued", "answered", "returned", "gone")
CLOSED = ("proven", "verified_not_so", "acknowledged", "exempted", "withdrawn")
STATES = ("new", *OPEN, *CLOSED)
ACTORS = ("check", "publish", "county", "field", "approver", "upper", "operator")

# The law of the ledger, written out: which steps there are …
STEPS: dict[str, set[tuple[str, str]]] = {
    "found": {("new", "found")},
    "issued": {("found", "issued"), ("issued", "issued"), ("answered", "answered"), ("returned", "returned"), ("gone", "gone")},
    "answered": {("found", "answered"), ("issued", "answered"), ("answered", "answered"), ("returned", "answered"), ("gone", "gone")},
    "returned": {("answered", "returned")},
    "restated": {("found", "found"), ("issued", "issued"), ("returned", "returned"), ("answered", "answered"), ("answered", "found")},
    "gone": {("found", "gone"), ("issued", "gone"), ("answered", "gone"), ("returned", "gone")},
    "reappeared": {("gone", "found"), ("gone", "answered"), ("gone", "returned")},
    "proven": {(state, "proven") for state in OPEN},
    "withdrawn": {(state, "withdrawn") for state in OPEN},
    "verified_not_so": {(state, "verified_not_so") for state in OPEN},
    "acknowledged": {(state, "acknowledged") for state in OPEN},
    "exempted": {("answered", "exempted"), ("gone", "exempted")},
    "reopened": {(state, "found") for state in CLOSED},
    "renumbered": {(state, state) for state in (*OPEN, *CLOSED)},
    "moved_out": {(state, state) for state in (*OPEN, *CLOSED)},
    "moved_in": {(state, state) for state in (*OPEN, *CLOSED)},
    "noted": {(state, state) for state in (*OPEN, "verified_not_so", "acknowledged", "exempted")},
}
# … and who may take them, for each sort of item.
ALWAYS = {
    "check": {"renumbered", "moved_out", "moved_in"}, "publish": {"issued"}, "county": {"answered"}, "approver": {"exempted"},
    "upper": {"noted"},
}  # fmt: skip
OURS = {"restated", "returned", "proven", "withdrawn", "gone", "reappeared", "reopened"}
SORTS: dict[str, tuple[dict[str, str], dict[str, set[str]]]] = {
    "doubt": ({"severity": "疑似", "closes": "export"}, {"check": {"found", *OURS}, "county": {"verified_not_so"}}),
    "error": ({"severity": "错误", "closes": "export"}, {"check": {"found", *OURS}}),
    "field": ({"severity": "疑似", "closes": "field"}, {"check": {"found", *OURS}, "field": {"verified_not_so"}}),
    "past": ({"severity": "错误", "closes": "acknowledged"}, {"check": {"found", *OURS}, "county": {"acknowledged"}}),
    "upper": ({"severity": "错误", "closes": "export", "origin": "upper"}, {"check": OURS, "upper": {"found"}}),
    "external": (
        {"severity": "疑似", "closes": "field", "origin": "upper", "code": "EXT-ABCDEF"},
        {"field": {"verified_not_so"}, "county": {"acknowledged"}, "upper": {"found", "proven", "returned", "reopened"}},
    ),
}
TRY = """
DO $$
DECLARE step record; n int;
BEGIN
    FOR step IN SELECT a.actor, k.kind, f.state AS before, t.state AS after, i.item_id,
                       CASE k.kind WHEN 'moved_in' THEN '990102' ELSE '990101' END AS county
                FROM unnest(%(actors)s) AS a (actor), unnest(%(kinds)s) AS k (kind), ledger.state f, ledger.state t, ledger.item i
                WHERE i.number = i.code || '-' || f.state AND (%(all)s OR EXISTS (SELECT 1 FROM ledger.transition l
                      WHERE (l.from_state, l.event, l.to_state) = (f.state, k.kind, t.state)))
    LOOP
        BEGIN
            INSERT INTO ledger.event (county, seq, item_id, kind, from_state, to_state, as_of, actor, who, prev_hash, hash)
            SELECT step.county, coalesce(max(c.seq), 0) + 1, step.item_id, step.kind, step.before, step.after, '2026-11-01', step.actor,
                   repeat('b', 64), coalesce(max(c.hash), ''), 'x' FROM ledger.chain c WHERE c.county = step.county;
            RAISE EXCEPTION USING ERRCODE = 'DZ999';
        EXCEPTION
            WHEN SQLSTATE 'DZ999' THEN INSERT INTO accepted VALUES (step.actor, step.kind, step.before, step.after);
            WHEN SQLSTATE 'DZ001' OR foreign_key_violation THEN NULL;
        END;
    END LOOP;
END $$
"""


def one_of_each_state(cursor: Any, values: dict[str, str]) -> None:
    """One item in every state, each with an `answered` event of somebody; the rows' own checks are another test's."""
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid IN ('ledger.item'::regclass) AND contype IN ('c', 'u')"
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE ledger.item DROP CONSTRAINT {name}")
    cursor.execute("ALTER TABLE ledger.item DISABLE TRIGGER USER; ALTER TABLE ledger.event DISABLE TRIGGER USER")
    columns = {"code": "MON-101", "origin": "check", **values}
    for seq, state in enumerate(STATES, 2):
        cursor.execute(
            "INSERT INTO ledger.item (item_id, number, code, severity, closes, origin, state, subject_id, subject_kind, county, opened_on, "
            "first_found, last_hit, rule_version, stands_hash, value_hash) SELECT %s, %s, %s, %s, %s, %s, %s, subject_id, subject_kind, "
            "county, opened_on, first_found, last_hit, rule_version, stands_hash, value_hash FROM ledger.item WHERE code = 'PID-101'",
            (f"{seq:064x}", f"{columns['code']}-{state}", columns["code"], columns["severity"], columns["closes"], columns["origin"], state),
        )
        cursor.execute(
            "INSERT INTO ledger.event (county, seq, item_id, kind, from_state, to_state, as_of, actor, who, prev_hash, hash) VALUES "
            "('990101', %s, %s, 'answered', 'issued', 'answered', '2026-10-30', 'county', repeat('a', 64), '', '')",
            (seq, f"{seq:064x}"),
        )
    cursor.execute("UPDATE ledger.chain SET seq = %s, hash = '' WHERE county = '990101'", (len(STATES) + 1,))
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    cursor.execute("ALTER TABLE ledger.item ENABLE TRIGGER USER; ALTER TABLE ledger.event ENABLE TRIGGER USER")
    cursor.execute("CREATE TEMP TABLE accepted (actor text, kind text, before text, after text)")


@pytest.mark.parametrize("sort", SORTS)
def test_every_actor_may_take_the_steps_written_here_and_no_other(settings: Settings, files: Path, sort: str) -> None:
    County(settings, files, hits=[Hit("PID-101", "person", "P1")], persons={"P1": idkey(1)}).merge(D1)
    values, rights = SORTS[sort]
    everything = sort == "doubt"  # the steps that there are do not hang on the sort of item: the others try those alone
    connection = connect(settings)
    connection.autocommit = False
    with connection.cursor() as cursor:
        one_of_each_state(cursor, values)
        cursor.execute(TRY, {"actors": list(ACTORS), "kinds": [*STEPS, "nonsense"], "all": everything})
        cursor.execute("SELECT actor, kind, before, after FROM accepted")
        accepted = set(cursor.fetchall())
    connection.rollback()
    connection.close()
    kinds = {actor: ALWAYS.get(actor, set()) | rights.get(actor, set()) for actor in ACTORS}
    assert accepted == {(actor, kind, *step) for actor, names in kinds.items() for kind in names for step in STEPS[kind]}


def test_the_tables_of_actors_and_powers_are_those_of_the_design(settings: Settings, sql: Any) -> None:
    sql.execute("SELECT actor FROM ledger.actor")
    assert {row[0] for row in sql.fetchall()} == set(ACTORS)
    sql.execute("SELECT actor, kind FROM ledger.power WHERE retired")
    assert sql.fetchall() == [("county", "exempted")]


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    hits = [Hit("MON-101", "person", "P1"), Hit("PID-101", "person", "P1"), Hit("SUR-101", "person", "P1", closes="field", severity="疑似")]
    made = County(settings, files, hits=hits, persons={"P1": idkey(1)})
    made.merge(D1)
    made.issue("2026-10", D1)
    return made


def item(county: County, code: str) -> dict[str, Any]:
    return next(found for (name, _), found in county.items().items() if name == code)


def explain(county: County, code: str = "MON-101", **more: Any) -> ledger.AnswerResult:
    return county.answer(item(county, code), "情况说明", ON, **{"note": "县里定的", "approved_by": "另一干部", **more})


def test_an_exemption_is_two_events_in_two_hands(county: County, sql: Any) -> None:
    assert explain(county) == ledger.AnswerResult(*(item_of(sql)), "accepted", "")
    sql.execute("SELECT kind, actor, from_state, to_state, who, value_hash FROM ledger.event WHERE kind <> 'found' AND kind <> 'issued' ORDER BY seq")
    (one, other) = sql.fetchall()
    assert (one[:4], other[:4]) == (("answered", "county", "issued", "answered"), ("exempted", "approver", "answered", "exempted"))
    key = county.settings.installation_key()
    assert (one[4], other[4]) == (ids.who(key, fold("测试干部")), ids.who(key, fold("另一干部"))) and one[5] == other[5]
    assert explain(county_again(county, sql)).outcome == "repeated"
    assert ledger.verify(county.settings) == []


def item_of(sql: Any) -> tuple[str, str]:
    sql.execute("SELECT item_id, number FROM ledger.item WHERE code = 'MON-101'")
    found: tuple[str, str] = sql.fetchone()
    return found


def county_again(county: County, sql: Any) -> County:
    """The county whose `items` still name the closed one."""
    item_id, number = item_of(sql)
    county.items = lambda: {("MON-101", "P1"): {"item_id": item_id, "number": number}}  # type: ignore[method-assign]
    return county


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"approved_by": "测试干部"}, SAME_PERSON),
        ({"approved_by": " 测试　干\u200b部 "}, SAME_PERSON),
        ({"answered_by": "Ａｂｃ", "approved_by": "a B C"}, SAME_PERSON),
        ({"approved_by": None}, "还缺批准人"),
        ({"answered_by": None}, "还缺核查人"),
        ({"answered_by": " \u3000"}, "还缺核查人"),
        ({"answered_by": None, "approved_by": "", "note": " "}, "还缺核查说明、核查人、批准人"),
        ({"code": "PID-101"}, NOT_EXEMPTIBLE),
    ],
)
def test_without_two_people_it_is_an_answer_with_a_hint(county: County, sql: Any, given: dict[str, Any], hint: str) -> None:
    result = explain(county, **given)
    assert result.outcome == "accepted" and hint in result.reason
    assert item(county, given.get("code", "MON-101"))["state"] == "answered"
    sql.execute("SELECT count(*) FROM ledger.event WHERE kind = 'exempted'")
    assert sql.fetchone()[0] == 0


SAME = [
    ("张三", "张三（局长）"), ("张三", "局长 张三"), ("张三", "张三."), ("张三、李四", "张三"), ("张三", "张三、李四"), ("张三", "李四/王五；张三"),
    ("张三 李四", "李四"), ("张三", "张三\ufe00"), ("张三", "张三\U000e0100"), ("张三", "张三\u034f"), ("张三", "张\u3000三"), ("张三", "张三\u3164"),
    ("Li San", "ｌｉＳＡＮ"), ("买买提·艾力", "买买提•艾力"), ("买买提·艾力", "买买提艾力"), ("张三\u2800", "张三"), ("张三", "县局(张三)"),
    ("张三（驻村第一书记", "副县长张三同志"), ("张三", "张三1"), ("张三", "县农业农村局张三"), ("欧阳 锋", "欧阳锋"),
]  # fmt: skip
OTHERS = [
    ("张三（农业局）", "李四（农业局）"), ("张三 局长", "李四 局长"), ("欧阳 锋", "慕容 复"), ("张三、王五", "李四"), ("Li San", "Wang Wu"),
    ("甲", "乙"),
]  # fmt: skip


@pytest.mark.parametrize(("asks", "approves", "same"), [(*pair, True) for pair in SAME] + [(*pair, False) for pair in OTHERS])
def test_who_asks_is_not_who_approves_however_it_is_written(settings: Settings, asks: str, approves: str, same: bool) -> None:
    rights = Rights.load(settings)
    one, other = rights.names(asks), rights.names(approves)
    assert one.people and other.people and one.may_share(other) == other.may_share(one) == same


def test_a_title_is_nobody(county: County) -> None:
    assert "还缺批准人" in explain(county, approved_by="局长").reason
    assert "还缺核查人，" in explain(county, answered_by="驻村队员").reason
    assert SAME_PERSON in explain(county, answered_by="张三", approved_by="张三（局长）").reason


@pytest.mark.parametrize("first", ["张三", "经办人：张三、王五"])
def test_whoever_has_asked_before_does_not_approve_what_another_asks(county: County, sql: Any, first: str) -> None:
    explain(county, answered_by=first, approved_by=None)
    assert ASKED_BEFORE in explain(county, answered_by="李四", approved_by="张三局长").reason
    assert explain(county, answered_by="李四", approved_by="赵六").reason == ""
    sql.execute("SELECT state FROM ledger.item WHERE code = 'MON-101'")
    assert sql.fetchone() == ("exempted",)


def test_asking_of_an_earlier_opening_binds_nobody(county: County) -> None:
    explain(county, answered_by="张三", approved_by="李四")
    county.hits = [replace(hit, stands="2") if hit.code == "MON-101" else hit for hit in county.hits]
    assert county.merge(D2).events["reopened"] == 1
    county.issue("2026-11", D2)
    asked = item(county, "MON-101")
    more = {"note": "县里定的", "answered_by": "李四", "approved_by": "张三"}
    assert county.answer(asked, "情况说明", D2, "2026-11", **more).reason == ""


def test_whoever_asked_in_the_county_it_moved_from_does_not_approve_here(county: County, settings: Settings, files: Path) -> None:
    explain(county, answered_by="张三", approved_by=None)
    there = County(settings, files, code=B, hits=[replace(hit, data_date=D2) for hit in county.hits], persons=county.persons)
    there.merge(D2)
    there.issue("2026-11", D2)
    asked = item(there, "MON-101")
    more = {"note": "县里定的", "answered_by": "李四"}
    assert ASKED_BEFORE in there.answer(asked, "情况说明", D2, "2026-11", approved_by="张三", **more).reason
    assert there.answer(asked, "情况说明", D2, "2026-11", approved_by="赵六", **more).reason == ""


def test_an_answer_may_be_approved_in_a_later_file(county: County) -> None:
    assert explain(county, approved_by=None).reason
    assert explain(county).reason == ""
    assert ledger.states(county.settings, A) == {"exempted": 1, "issued": 2}


def test_where_approvers_are_named_only_they_exempt(county: County) -> None:
    path = county.settings.home / "rights.yaml"
    try:
        path.write_text(f'approvers:\n  "{A}": [批准 甲, 批准乙]\n', encoding="utf-8")
        refused = explain(county)
        assert refused.outcome == "accepted" and NOT_NAMED in refused.reason and "另一干部" not in refused.reason
        assert SAME_PERSON in explain(county, answered_by="批准乙（驻村队员）", approved_by="批准乙").reason
        assert NOT_NAMED in explain(county, approved_by="批准甲、王五").reason
        assert explain(county, approved_by="批准甲（局长）").reason == ""
        assert Rights.load(county.settings).may_approve(B, "任何人") and not Rights.load(county.settings).may_approve(A, "任何人")
        assert "批准" not in repr(Rights.load(county.settings))
    finally:
        path.unlink()


@pytest.mark.parametrize(
    "text", ["", "approvers: [甲]", "approvers: {99: [甲]}", "approvers: {990101: []}", "approvers: {990101: 甲}",
             "approvers: {990101: [甲, ' 甲']}", "approvers: {990101: ['甲、乙']}", "approvers: {990101: [局长]}", "approver: {}",
             "approvers: {}\ntitles: 甲", "approvers: {990101: [甲", "approvers: {990101: [3]}"]
)  # fmt: skip
def test_rights_that_are_not_as_documented_are_refused_without_names(settings: Settings, text: str) -> None:
    path = settings.home / "rights.yaml"
    try:
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ContractProblem) as caught:
            Rights.load(settings)
        assert "甲" not in str(caught.value)
    finally:
        path.unlink()


def test_without_the_projects_rights_nothing_is_guessed(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ContractProblem, match="rights.yaml"):
        Rights.load(replace(settings, root=tmp_path))


def test_a_field_question_is_closed_by_a_visit_with_person_and_date(county: County, sql: Any) -> None:
    asked = item(county, "SUR-101")
    for lacks, given in {"核查日期": {}, "核查人": {"answered_by": "", "checked_on": ON}, "核查说明": {"checked_on": ON, "note": ""}}.items():
        result = county.answer(asked, "不属实", ON, **{"note": "看过", **given})
        assert result.outcome == "accepted" and f"还缺{lacks}，" in result.reason
    assert item(county, "SUR-101")["state"] == "answered"
    assert county.answer(asked, "不属实", ON, note="看过", checked_on=ON).reason == ""
    sql.execute("SELECT actor, who FROM ledger.event WHERE kind = 'verified_not_so'")
    assert sql.fetchall() == [("field", ids.who(county.settings.installation_key(), fold("测试干部")))]


EXEMPT = (
    "INSERT INTO ledger.event (county, seq, item_id, kind, from_state, to_state, as_of, actor, who, prev_hash, hash) "
    "SELECT c.county, c.seq + 1, i.item_id, 'exempted', i.state, 'exempted', '2026-11-06', %s, %s, c.hash, 'x' "
    "FROM ledger.chain c JOIN ledger.item i USING (county) WHERE i.code = 'MON-101'"
)


@pytest.mark.parametrize("who", [None, "测试干部", "先问的人"])
def test_the_database_compares_the_two_hands(county: County, sql: Any, who: str | None) -> None:
    explain(county, answered_by="先问的人", approved_by=None)
    explain(county, approved_by=None)
    sql.execute("UPDATE ledger.item SET exempt_until = '2027-10-31' WHERE code = 'MON-101'")
    key = county.settings.installation_key()
    with pytest.raises(psycopg2.Error) as caught:
        sql.execute(EXEMPT, ("approver", ids.who(key, fold(who)) if who else None))
    assert caught.value.pgcode == "DZ001" and "another who approves" in str(caught.value)
    sql.execute(EXEMPT, ("approver", ids.who(key, fold("另一干部"))))


def test_who_is_part_of_the_chain(county: County, sql: Any) -> None:
    explain(county)
    other = ids.who(county.settings.installation_key(), fold("第三人"))
    tamper(sql, "event", f"UPDATE ledger.event SET who = '{other}' WHERE kind = 'exempted'")
    tamper(sql, "event", "UPDATE ledger.event SET who = NULL WHERE kind = 'answered'")
    assert [p.number[:3] for p in ledger.verify(county.settings) if p.what == "内容与校验值不符"] == ["MON", "MON"]


def test_an_event_without_who_has_the_hash_it_always_had() -> None:
    parts: Any = ("990101", 7, "i", "answered", "answered", D1, "2026-10", "county", "fixed", "v", "p")
    old = ids.digest(b"k", "event", "990101", "7", "i", "answered", "answered", D1.isoformat(), "2026-10", "county", "fixed", "v", "p")
    assert ids.event_hash(b"k", *parts) == ids.event_hash(b"k", *parts, None) == old
    assert len({old, ids.event_hash(b"k", *parts, "w"), ids.event_hash(b"k", *parts, "")}) == 3


def test_an_exemption_falls_when_what_it_stands_on_changes_or_it_expires(county: County) -> None:
    explain(county)
    assert county.merge(D2).events == {}
    county.hits = [replace(hit, stands="2") if hit.code == "MON-101" else hit for hit in county.hits]
    assert county.merge(date(2026, 12, 20)).events == {"reopened": 1}
    county.issue("2026-12", date(2026, 12, 20))
    assert county.answer(item(county, "MON-101"), "情况说明", date(2026, 12, 28), "2026-12", note="县里定的", approved_by="另一干部").reason == ""
    assert county.merge(date(2027, 11, 30)).events == {}
    assert county.merge(date(2027, 12, 1)).events == {"reopened": 1}


def test_asked_once_although_its_evidence_moves(settings: Settings, files: Path) -> None:
    """The age in the evidence of a rule changes each month; what the answer stands on does not."""
    codes = {"已答": "PID-101", "不实": "PID-102", "说明": "INC-101", "豁免": "MON-101"}
    closes = {"INC-101": "acknowledged"}
    hits = [Hit(code, "person", "P1", severity="疑似", closes=closes.get(code, "export"), shown="1 个月") for code in codes.values()]
    county = County(settings, files, hits=hits, persons={"P1": idkey(1)})
    county.merge(D1)
    county.issue("2026-10", D1)
    words = {"PID-101": "属实待整改", "PID-102": "不属实", "INC-101": "情况说明", "MON-101": "情况说明"}
    for (code, _), asked in county.items().items():
        county.answer(asked, words[code], ON, note="看过", approved_by="另一干部")
    county.hits = [replace(hit, shown="2 个月") for hit in hits]
    assert county.merge(D2).events == {}
    known = [*ledger.open_items(settings, A), *ledger.closed_items(settings, A, "2026-10")]
    assert {i["code"]: i["state"] for i in known} == {
        "PID-101": "answered", "PID-102": "verified_not_so", "INC-101": "acknowledged", "MON-101": "exempted",
    }  # fmt: skip
    assert {i["body"]["evidence"][0]["值"] for i in known} == {"2 个月"}
    assert {i["claim"]["evidence"][0]["值"] for i in known} == {"1 个月"}

"""Column types of `fields.md` as DuckDB types, and the types of the columns of a contract's tables."""

from __future__ import annotations

from duizhang.contracts.model import Contract

DUCKDB_TYPE = {
    "str": "VARCHAR", "enum": "VARCHAR", "enum*": "VARCHAR", "bool": "VARCHAR", "id": "VARCHAR", "tel": "VARCHAR",
    "int": "BIGINT", "year": "BIGINT", "dec": "DOUBLE", "ym": "INTEGER", "ymcn": "INTEGER",
    "date": "DATE", "date8": "DATE", "datetime": "DATE",
}  # fmt: skip

PLACED = {
    "_file": "VARCHAR", "_sheet": "VARCHAR", "_row": "BIGINT", "_ref": "VARCHAR", "_data_date": "DATE",
    "_county": "VARCHAR", "_town": "VARCHAR", "_town_name": "VARCHAR", "_village_name": "VARCHAR",
    "_from_county": "VARCHAR",
}  # fmt: skip
LINKED = {"_person": "VARCHAR", "_household": "VARCHAR", "_tier": "INTEGER", "_score": "DOUBLE", "_reason": "VARCHAR"}


def table_types(contract: Contract, table: str) -> dict[str, str]:
    """Column → DuckDB type of one table of `contract`, without lineage and place columns."""
    wide = {column.name: DUCKDB_TYPE[column.type] for column in contract.columns}
    spec = contract.tables[table]
    types = {name: wide[source] for name, source in spec.mapping().items()}
    if spec.unpivot:
        types[spec.unpivot.label] = "VARCHAR"
        for group in spec.unpivot.groups.values():
            types |= {name: wide[source] for name, source in group.items()}
    if spec.list_columns:
        types |= {spec.list_columns.label: "VARCHAR", spec.list_columns.item: "VARCHAR"}
    return types

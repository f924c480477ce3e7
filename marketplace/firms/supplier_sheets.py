"""Credit codes out of a sheet that a buyer keeps of its suppliers, however the sheet looks."""

from __future__ import annotations

from dataclasses import replace

from marketplace.core.sheets import FIRM_FIELDS, SheetError, open_table, read_records, values
from marketplace.firms.rules import credit_code_problem, normal_credit_code

# Read as plain text: a wrong code is to be named by the service, not skipped by the sheet.
_FIELDS = tuple(
    replace(field, parse=values.line, column_required=True)
    for field in FIRM_FIELDS
    if field.key == "credit_code"
)


def codes_in_sheet(content: bytes, filename: str) -> list[str]:
    """Every code of the column headed 统一社会信用代码; without such a column, every cell that is a right code.

    Raises SheetError, whose sentence says what is wrong with the file.
    """
    try:
        readings = read_records(content, filename, _FIELDS)
    except SheetError as problem:
        if problem.code != "sheets.column_missing":
            raise
        found = _right_codes(content, filename)
        if not found:
            raise
        return found
    return [
        record.values["credit_code"]
        for reading in readings
        for record in reading.records
        if "credit_code" in record.values
    ]


def _right_codes(content: bytes, filename: str) -> list[str]:
    cells = (
        normal_credit_code(cell)
        for sheet in open_table(content, filename).sheets
        for row in sheet.rows
        for cell in row
    )
    return [code for code in cells if len(code) == 18 and credit_code_problem(code) is None]

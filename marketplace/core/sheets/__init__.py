"""Sheets in and out: .xlsx, .xls, .xlsb, .ods, .csv and .jsonl to typed records, and back to files a desk likes.

Used by the command line, the browser import and every Excel round trip. Knows no page and no table of the database.
"""

import marketplace.core.sheets.words  # noqa: F401 - registers the sentences
from marketplace.core.sheets.book import Sheet, Workbook, column_letters
from marketplace.core.sheets.columns import Column, Field, choose_columns, guess_columns, missing_fields
from marketplace.core.sheets.errors import Limits, Note, SheetError
from marketplace.core.sheets.fields import CAPABILITY_FIELDS, FIELD_SETS, FIRM_FIELDS, NEED_FIELDS
from marketplace.core.sheets.headings import Heading, SkippedRow, body, guess_heading, heading_at
from marketplace.core.sheets.reading import open_table
from marketplace.core.sheets.rows import (
    Reading,
    Record,
    RowError,
    best_sheet,
    read_records,
    read_rows,
    read_sheet,
)
from marketplace.core.sheets.values import Amount, LeadTime, Quantity
from marketplace.core.sheets.writing import (
    ColumnSpec,
    Labelled,
    SheetSpec,
    errors_sheet,
    write_csv,
    write_jsonl,
    write_table,
    write_workbook,
)

__all__ = [
    "CAPABILITY_FIELDS",
    "FIELD_SETS",
    "FIRM_FIELDS",
    "NEED_FIELDS",
    "Amount",
    "Column",
    "ColumnSpec",
    "Field",
    "Heading",
    "Labelled",
    "LeadTime",
    "Limits",
    "Note",
    "Quantity",
    "Reading",
    "Record",
    "RowError",
    "Sheet",
    "SheetError",
    "SheetSpec",
    "SkippedRow",
    "Workbook",
    "best_sheet",
    "body",
    "choose_columns",
    "column_letters",
    "errors_sheet",
    "guess_columns",
    "guess_heading",
    "heading_at",
    "missing_fields",
    "open_table",
    "read_records",
    "read_rows",
    "read_sheet",
    "write_csv",
    "write_jsonl",
    "write_table",
    "write_workbook",
]

"""Make the Parquet tables of `retail/data` from the rows below: `python examples/make_retail_parquet.py`."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

CURATED = Path(__file__).parent / "retail" / "data" / "catalog" / "retail_curated"

STORES = pa.schema(
    [
        ("store_id", pa.int32()),
        ("name", pa.string()),
        ("region", pa.string()),
        ("manager_email", pa.string()),
        ("rent", pa.decimal128(10, 2)),
        ("opened_on", pa.date32()),
    ]
)
STORE_ROWS = [
    (1, "Alder Street", "NORTH", "alder@retail.example", Decimal("5200.00"), date(2011, 3, 1)),
    (2, "Birch Square", "NORTH", None, Decimal("4100.50"), date(2014, 9, 15)),
    (3, "Cedar Court", "SOUTH", "cedar@retail.example", None, date(2019, 6, 30)),
    (4, "", "SOUTH", "dogwood@retail.example", Decimal("0.00"), None),
    (5, "Elm Arcade", None, "", Decimal("99999999.99"), date(1970, 1, 1)),
    (5, "Elm Arcade (annex)", "WEST", "elm@retail.example", Decimal("1200.00"), date(2020, 2, 29)),
]

CUSTOMERS = pa.schema(
    [
        ("customer_id", pa.int64()),
        ("name", pa.string()),
        ("email", pa.string()),
        ("segment", pa.string()),
        ("address", pa.struct([("postal_code", pa.string()), ("city", pa.string())])),
        ("signup_date", pa.date32()),
    ]
)
CUSTOMER_ROWS = [
    (101, "Ada Brook", "ada@mail.example", "gold", {"postal_code": "10115", "city": "Berlin"}, date(2020, 1, 5)),
    (102, "Ben Castle", None, "silver", {"postal_code": "D-20095", "city": "Hamburg"}, date(2021, 7, 19)),
    (103, "Chloé Dîner", "chloe@mail.example", "", {"postal_code": None, "city": "Lyon"}, date(2022, 2, 28)),
    (104, None, "dan@mail.example", None, None, None),
    (105, "Eve Fields", "eve@mail.example", "gold", {"postal_code": "00120", "city": ""}, date(2024, 1, 1)),
    (105, "Eve Fields-Grant", "eve@mail.example", "gold", {"postal_code": "00120", "city": "Rome"}, date(2024, 1, 2)),
    (None, "No Number", "none@mail.example", "silver", {"postal_code": "1", "city": "X"}, date(2023, 5, 5)),
]

ORDERS = pa.schema(
    [
        ("order_id", pa.int64()),
        ("customer_id", pa.int64()),
        ("store_id", pa.int32()),
        ("order_date", pa.date32()),
        ("amount", pa.float64()),
        ("status", pa.string()),
    ]
)
ORDER_ROWS = {
    ("2023", "12"): [
        (1, 101, 1, date(2023, 12, 30), 59.9, "PAID"),
        (2, 102, 2, date(2023, 12, 31), 250.0, "PAID"),
        (3, 103, 3, date(2023, 12, 31), 12.5, "CANCELLED"),
    ],
    ("2024", "01"): [
        (4, 101, 1, date(2024, 1, 2), 100.0, "PAID"),
        (5, 102, None, date(2024, 1, 2), 99.99, "PAID"),
        (6, None, 2, date(2024, 1, 3), 40.0, "PAID"),
        (7, 103, 0, date(2024, 1, 3), 1.0e-9, "PAID"),
        (8, 104, 9, date(2024, 1, 4), -15.0, "PAID"),
        (9, 105, 5, date(2024, 1, 4), 480.25, "PAID"),
        (9, 105, 5, date(2024, 1, 4), 480.25, "PAID"),
        (10, 101, 3, date(2024, 1, 31), None, "PAID"),
        (11, 102, 4, date(2024, 1, 31), 75.0, None),
        (12, 999, 4, date(2024, 1, 31), 75.0, "paid"),
    ],
    ("2024", "02"): [
        (13, 105, 2, date(2024, 2, 29), 1234567.89, "PAID"),
        (14, 103, 1, None, 18.0, "PAID"),
        (15, 101, 1, date(2024, 2, 1), 0.0, "PAID"),
        (16, 101, 4, date(2024, 2, 1), 310.4, "PAID"),
    ],
}


def write(rows: list[tuple], schema: pa.Schema, folder: Path) -> None:
    """Write rows, given in the order of the schema, as one Parquet file."""
    folder.mkdir(parents=True, exist_ok=True)
    records = [dict(zip(schema.names, row, strict=True)) for row in rows]
    pq.write_table(pa.Table.from_pylist(records, schema=schema), folder / "part-00000.parquet")


if __name__ == "__main__":
    write(STORE_ROWS, STORES, CURATED / "stores")
    write(CUSTOMER_ROWS, CUSTOMERS, CURATED / "customers")
    for (year, month), rows in ORDER_ROWS.items():
        write(rows, ORDERS, CURATED / "orders" / f"order_year={year}" / f"order_month={month}")

"""A small data pipeline with a command line: ``Param``, ``Env``, ``Router`` and ``cs.cli``.

Readings of a thermometer are cleaned, summed up by day and written as a table or
as JSON; only the route that is asked for is executed. The options come from the
Params, and the environment variable DEGREES (C or F) chooses the unit.

    python examples/pipeline.py --help
    python examples/pipeline.py --at-least 20
    DEGREES=F python examples/pipeline.py --form json
"""

import enum
import json
from statistics import mean

import cascade as cs

READINGS = """\
mon,17.5
mon,21.0
tue,broken
tue,22.5
wed,24.0
wed,26.5
thu,
"""


class Form(enum.StrEnum):
    """How to write it; as the type of a Param it allows these two and nothing else."""

    TABLE = "table"
    JSON = "json"
    __repr__ = enum.StrEnum.__str__


@cs.task
def parse(text: str) -> list[tuple[str, float]]:
    """Take the rows that have a number."""
    rows = [line.split(",") for line in text.splitlines()]
    return [(day, float(value)) for day, value in rows if value.replace(".", "", 1).isdigit()]


@cs.task
def convert(rows: list[tuple[str, float]], unit: str) -> list[tuple[str, float]]:
    if unit not in ("C", "F"):
        raise ValueError(f"DEGREES must be C or F, got {unit!r}")
    return rows if unit == "C" else [(day, value * 9 / 5 + 32) for day, value in rows]


@cs.task
def means(rows: list[tuple[str, float]], at_least: float) -> dict[str, float]:
    by_day: dict[str, list[float]] = {}
    for day, value in rows:
        by_day.setdefault(day, []).append(value)
    return {day: mean(values) for day, values in by_day.items() if mean(values) >= at_least}


@cs.task
def as_table(days: dict[str, float], unit: str) -> str:
    return "\n".join(f"{day}  {value:5.1f} °{unit}" for day, value in days.items())


@cs.task
def as_json(days: dict[str, float], unit: str) -> str:
    return json.dumps({"unit": unit, "days": days})


unit = cs.Env("DEGREES", default="C")
at_least = cs.Param("at_least", 0.0, float, "leave out days that are colder")
form = cs.Param("form", Form.TABLE, Form, "how to write it: table or json")
days = means(convert(parse(READINGS), unit), at_least)
report = cs.Router(form, {Form.TABLE: as_table(days, unit), Form.JSON: as_json(days, unit)})

main = cs.cli(report, description="Mean temperatures by day.")

if __name__ == "__main__":
    main()

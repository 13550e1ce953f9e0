"""The works on `dask.delayed`, in this thread."""

from __future__ import annotations

from typing import Final

from experiments.benchmarks.rivals.dask_way import ways

WAYS: Final = ways("synchronous")

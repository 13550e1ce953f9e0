"""The machine: how Qt is started, its event loop, signals, clocks, locks and libraries."""

"""How a graph runs: engine, executions, plans, resources, events."""

"""The runtime: engines and executions, plans and constraints, resources and events."""

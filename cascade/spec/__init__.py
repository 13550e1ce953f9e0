"""Declarations: tasks, lazy results, parameters, routes and resources, as a user writes them."""

"""What a user declares: tasks, lazy results, parameters, routes, resources."""

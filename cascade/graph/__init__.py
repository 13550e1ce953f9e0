"""What a declaration becomes: shapes, and the graph a solver orders."""

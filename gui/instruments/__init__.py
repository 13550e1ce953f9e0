"""The instruments around the grid: what each works out of a run, and how it draws that."""

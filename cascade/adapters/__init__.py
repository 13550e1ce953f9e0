"""What can be swapped: solvers and executors."""

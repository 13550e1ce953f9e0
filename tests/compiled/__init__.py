"""The compiled population: the same flashes as workflows, and the oracle, to the last bit."""

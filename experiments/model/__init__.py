"""The model: parameters, neighbours, random numbers, states, and what is measured of them."""

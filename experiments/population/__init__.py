"""Populations: the protocol of what computes the fireflies, and the workflows that fulfil it."""

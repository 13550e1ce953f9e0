"""Populations: who computes the fireflies. A protocol, and the workflows that fulfil it."""

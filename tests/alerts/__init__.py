"""Alerts: what is raised, what is told, and that the telling survives what happens to it."""

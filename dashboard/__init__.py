"""The dashboard: the health of the pipeline, what became of every row, and what was sold and saved."""

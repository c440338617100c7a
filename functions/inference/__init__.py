"""Inference: a contract drafted from a sample file, for a person to finish."""

"""The platform's functions: validate, score, transform, load, maintain, and what they share."""

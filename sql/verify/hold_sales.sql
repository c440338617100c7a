-- Before the first query decides which state is seen: a month that is archived at this moment is then either still there
-- or away, never both.
LOCK TABLE eco.fact_sales IN ACCESS SHARE MODE

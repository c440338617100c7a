-- Whether any row was ever held or rejected.
SELECT EXISTS (SELECT FROM eco.quality_log WHERE review_state IS NOT NULL) AS has_reviews

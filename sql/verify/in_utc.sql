-- Times as text look the same whoever asks.
SET LOCAL timezone = 'UTC'

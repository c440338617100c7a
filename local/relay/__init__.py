"""The event relay: what Eventarc does in the cloud. It takes upload events in, and delivers each to its function."""

REDRIVE = "/dead-letters/redrive"

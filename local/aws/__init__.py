"""What AWS does around a function, where there is an S3 and an SQS but no Lambda: queues, invocations, the schedule."""

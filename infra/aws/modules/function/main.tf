# A function from the image, in the private subnets, as a role of its own.

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:logs hold no rows and no secrets
  #checkov:skip=CKV_AWS_338:what must be kept is in the database: the ledger, the quality log, the maintenance log
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 30
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:runs are traced by the ledger, from file to row
  #checkov:skip=CKV_AWS_115:the trigger bounds the concurrency; a reservation would take it from the account's other functions
  #checkov:skip=CKV_AWS_116:its events come from a queue that has dead letters; a lost tick is done by the next
  #checkov:skip=CKV_AWS_173:the environment holds names of secrets, no secret
  #checkov:skip=CKV_AWS_272:Lambda does not check signatures of images
  function_name = var.name
  role          = aws_iam_role.this.arn
  package_type  = "Image"
  image_uri     = var.image_uri
  memory_size   = var.memory
  timeout       = var.timeout

  image_config {
    command = var.command
  }
  environment {
    variables = var.environment
  }
  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = var.security_group_ids
  }
  ephemeral_storage {
    size = 2048
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.this]
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-errors"
  alarm_description   = "${var.name} fails again and again: its log says why, and what it could not process is delivered again."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = var.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
}

output "name" {
  description = "The function's name."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "The function."
  value       = aws_lambda_function.this.arn
}

output "role_name" {
  description = "The name of its role."
  value       = aws_iam_role.this.name
}

output "role_arn" {
  description = "Its role."
  value       = aws_iam_role.this.arn
}

# What the function may do: its log, its secrets, its buckets, its queues.

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

locals {
  actions = {
    read   = ["s3:GetObject", "s3:GetObjectVersion"]
    write  = ["s3:PutObject", "s3:AbortMultipartUpload"]
    delete = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
  }
  # Without the right to list, S3 answers "forbidden" instead of "not there" for an object that is gone.
  listed = [for arn, may in var.buckets : arn if contains(may, "read")]
}

data "aws_iam_policy_document" "this" {
  #checkov:skip=CKV_AWS_111:network interfaces have no ARN that could be known before Lambda makes them
  #checkov:skip=CKV_AWS_356:network interfaces have no ARN that could be known before Lambda makes them
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  statement {
    sid       = "Secrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = var.secret_arns
  }

  dynamic "statement" {
    for_each = { for action, names in local.actions : action => names if anytrue([for may in values(var.buckets) : contains(may, action)]) }
    content {
      sid       = title(statement.key)
      actions   = statement.value
      resources = [for arn, may in var.buckets : "${arn}/*" if contains(may, statement.key)]
    }
  }

  dynamic "statement" {
    for_each = length(local.listed) > 0 ? [1] : []
    content {
      sid       = "List"
      actions   = ["s3:ListBucket", "s3:ListBucketVersions"]
      resources = local.listed
    }
  }

  dynamic "statement" {
    for_each = length(var.sends_to) > 0 ? [1] : []
    content {
      sid       = "Send"
      actions   = ["sqs:SendMessage", "sqs:GetQueueUrl"]
      resources = var.sends_to
    }
  }

  # Lambda itself needs these to place the function into the subnets; the function's own code is refused them.
  statement {
    sid = "Interfaces"
    actions = [
      "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
    ]
    resources = ["*"]
  }
  statement {
    sid       = "NoInterfacesForCode"
    effect    = "Deny"
    actions   = ["ec2:*"]
    resources = ["*"]
    condition {
      test     = "ArnEquals"
      variable = "lambda:SourceFunctionArn"
      values   = ["arn:aws:lambda:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:function:${var.name}"]
    }
  }
}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  name   = "function"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.this.json
}

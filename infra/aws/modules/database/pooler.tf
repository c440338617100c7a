# RDS Proxy pools in transaction mode, and gives a client a connection of its own ("pins" it) from the first temporary
# table on, as validate and load make them. An instance of a function holds at most two, which maximum concurrency bounds.

data "aws_iam_policy_document" "pooler_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["rds.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "pooler" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [for secret in aws_secretsmanager_secret.role : secret.arn]
  }
}

resource "aws_iam_role" "pooler" {
  name               = "${var.name}-pooler"
  assume_role_policy = data.aws_iam_policy_document.pooler_trust.json
}

resource "aws_iam_role_policy" "pooler" {
  name   = "secrets"
  role   = aws_iam_role.pooler.id
  policy = data.aws_iam_policy_document.pooler.json
}

resource "aws_db_proxy" "this" {
  name                   = var.name
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.pooler.arn
  require_tls            = true
  idle_client_timeout    = 900
  vpc_subnet_ids         = var.subnet_ids
  vpc_security_group_ids = [aws_security_group.pooler.id]

  dynamic "auth" {
    for_each = aws_secretsmanager_secret.role
    content {
      auth_scheme               = "SECRETS"
      client_password_auth_type = "POSTGRES_SCRAM_SHA_256"
      iam_auth                  = "DISABLED"
      secret_arn                = auth.value.arn
    }
  }

  depends_on = [aws_secretsmanager_secret_version.role, aws_iam_role_policy.pooler]
}

resource "aws_db_proxy_default_target_group" "this" {
  db_proxy_name = aws_db_proxy.this.name

  connection_pool_config {
    max_connections_percent      = 90
    max_idle_connections_percent = 10
    connection_borrow_timeout    = 120
  }
}

resource "aws_db_proxy_target" "this" {
  db_proxy_name          = aws_db_proxy.this.name
  target_group_name      = aws_db_proxy_default_target_group.this.name
  db_instance_identifier = aws_db_instance.this.identifier
}

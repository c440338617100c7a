# One secret a role, as RDS Proxy reads it. The password is random, made by AWS, and passes through Terraform without
# being written down: not in code, not in the plan, not in the state. Raise secret_string_wo_version to change them all.

ephemeral "aws_secretsmanager_random_password" "role" {
  for_each = toset(var.roles)

  password_length     = 32
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "role" {
  #checkov:skip=CKV_AWS_149:encrypted with the key of Secrets Manager
  #checkov:skip=CKV2_AWS_57:a rotation has to change the role's password in the database too: `make deploy-aws` does both
  for_each = toset(var.roles)

  name                    = "${var.name}/database/${each.key}"
  description             = "The database role ${each.key}"
  recovery_window_in_days = var.protect ? 7 : 0
}

resource "aws_secretsmanager_secret_version" "role" {
  for_each = aws_secretsmanager_secret.role

  secret_id = each.value.id
  secret_string_wo = jsonencode({
    username = each.key
    password = ephemeral.aws_secretsmanager_random_password.role[each.key].random_password
  })
  secret_string_wo_version = 1
}

# The platform's own alerts: maintain sends them through Amazon SES, which it reaches by an endpoint as it does the rest.

locals {
  mail = var.mail == null ? {} : {
    ALERT_EMAIL     = var.mail.to
    SMTP_HOST       = "email-smtp.${var.region}.amazonaws.com"
    SMTP_PORT       = "587"
    SMTP_USER       = var.mail.user
    ECO_SMTP_SECRET = aws_secretsmanager_secret.smtp[0].arn
  }
}

resource "aws_secretsmanager_secret" "smtp" {
  #checkov:skip=CKV_AWS_149:encrypted with the key of Secrets Manager
  #checkov:skip=CKV2_AWS_57:SES makes the password; a new one is handed over as the first was
  count = var.mail == null ? 0 : 1

  name                    = "${var.name}/smtp"
  description             = "The password of the user of SES that sends alerts"
  recovery_window_in_days = var.protect ? 7 : 0
}

# Raise secret_string_wo_version to hand over another password.
resource "aws_secretsmanager_secret_version" "smtp" {
  count = var.mail == null ? 0 : 1

  secret_id                = aws_secretsmanager_secret.smtp[0].id
  secret_string_wo         = jsonencode({ password = var.smtp_password })
  secret_string_wo_version = 1
}

# The platform's own alerts: maintain sends them by the mail server that var.mail names. For that alone there is a way out
# of the network; see its module.

locals {
  mail = var.mail == null ? {} : {
    ALERT_EMAIL = var.mail.to
    SMTP_HOST   = var.mail.host
    SMTP_PORT   = tostring(var.mail.port)
    SMTP_USER   = var.mail.user
  }
  # One for each version, so that the function waits for its value.
  mail_secret = { for version in google_secret_manager_secret_version.smtp : "SMTP_PASSWORD" => google_secret_manager_secret.smtp[0].secret_id }
}

resource "google_secret_manager_secret" "smtp" {
  count = var.mail == null ? 0 : 1

  secret_id = "${var.name}-smtp"
  replication {
    auto {}
  }
  depends_on = [google_project_service.this]
}

# Raise secret_data_wo_version to hand over another password.
resource "google_secret_manager_secret_version" "smtp" {
  count = var.mail == null ? 0 : 1

  secret                 = google_secret_manager_secret.smtp[0].id
  secret_data_wo         = var.smtp_password
  secret_data_wo_version = 1
}

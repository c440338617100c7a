# Brings the schema to its newest version and the passwords of the roles into the database; `make deploy-gcp` runs it.

resource "google_service_account" "migrate" {
  account_id   = "${var.name}-migrate"
  display_name = "Changes the schema"
}

resource "google_secret_manager_secret_iam_member" "migrate" {
  for_each = module.database.secret_ids

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.migrate.member
}

resource "google_cloud_run_v2_job" "migrate" {
  name                = "${var.name}-migrate"
  location            = var.region
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.migrate.email
      max_retries     = 0
      timeout         = "3600s"
      vpc_access {
        egress = "ALL_TRAFFIC"
        network_interfaces {
          subnetwork = module.network.subnet_id
        }
      }
      containers {
        image   = var.images.platform
        command = ["python", "-m", "local.migrate"]
        dynamic "env" {
          for_each = {
            ECO_DB_HOST = module.database.host
            ECO_DB_PORT = "5432" # PostgreSQL itself
            ECO_DB_NAME = module.database.name
            ECO_DB_USER = module.database.admin
          }
          content {
            name  = env.key
            value = env.value
          }
        }
        dynamic "env" {
          for_each = module.database.secret_ids
          content {
            name = env.key == module.database.admin ? "ECO_DB_PASSWORD" : "ECO_PASSWORD_${upper(env.key)}"
            value_source {
              secret_key_ref {
                secret  = env.value
                version = "latest"
              }
            }
          }
        }
      }
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.migrate]
}

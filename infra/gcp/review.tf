# Held and rejected rows: people list, release, correct and dismiss them by running this job, who may roles/run.invoker.

resource "google_service_account" "review" {
  account_id   = "${var.name}-review"
  display_name = "Decides about held and rejected rows"
}

resource "google_secret_manager_secret_iam_member" "review" {
  secret_id = module.database.secret_ids["eco_reviewer"]
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.review.member
}

# It tells load what was released.
resource "google_cloud_run_v2_service_iam_member" "review_delivers" {
  name     = module.stage["load"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.review.member
}

resource "google_cloud_run_v2_job" "review" {
  name                = "${var.name}-review"
  location            = var.region
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.review.email
      max_retries     = 0
      timeout         = "600s"
      vpc_access {
        egress = "ALL_TRAFFIC"
        network_interfaces {
          subnetwork = module.network.subnet_id
        }
      }
      containers {
        image   = var.images.functions
        command = ["python", "-m", "functions", "review"]
        args    = ["list"]
        dynamic "env" {
          for_each = merge(local.environment, { ECO_DB_USER = "eco_reviewer", ECO_DELIVERY_URL = local.address })
          content {
            name  = env.key
            value = env.value
          }
        }
        env {
          name = "ECO_DB_PASSWORD"
          value_source {
            secret_key_ref {
              secret  = module.database.secret_ids["eco_reviewer"]
              version = "latest"
            }
          }
        }
      }
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.review]
}

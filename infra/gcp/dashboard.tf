# The dashboard, behind Identity-Aware Proxy: only who is named in dashboard_users gets to see it. The provider cannot put
# the proxy before the service yet, so `make deploy-gcp` does; until then nobody gets in, since only the proxy may.

resource "google_service_account" "dashboard" {
  account_id   = "${var.name}-dashboard"
  display_name = "The dashboard"
}

resource "google_secret_manager_secret_iam_member" "dashboard" {
  secret_id = module.database.secret_ids["eco_reader"]
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.dashboard.member
}

resource "google_cloud_run_v2_service" "dashboard" {
  name                = "${var.name}-dashboard"
  location            = var.region
  ingress             = "INGRESS_TRAFFIC_ALL" # IAP stands before it
  deletion_protection = var.protect

  template {
    service_account  = google_service_account.dashboard.email
    session_affinity = true # a session of Streamlit lives in one instance

    scaling {
      max_instance_count = 2
    }
    vpc_access {
      egress = "ALL_TRAFFIC"
      network_interfaces {
        subnetwork = module.network.subnet_id
      }
    }
    containers {
      image = var.images.platform
      args = [
        "streamlit", "run", "dashboard/app.py", "--server.port", "8501", "--server.headless", "true",
        "--browser.gatherUsageStats", "false",
      ]
      ports {
        container_port = 8501
      }
      resources {
        limits = { cpu = "1", memory = "1Gi" }
      }
      dynamic "env" {
        for_each = merge(local.environment, { ECO_DB_USER = "eco_reader" })
        content {
          name  = env.key
          value = env.value
        }
      }
      env {
        name = "ECO_DB_PASSWORD"
        value_source {
          secret_key_ref {
            secret  = module.database.secret_ids["eco_reader"]
            version = "latest"
          }
        }
      }
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.dashboard]
}

resource "google_cloud_run_v2_service_iam_member" "proxy_invokes" {
  name     = google_cloud_run_v2_service.dashboard.name
  location = var.region
  role     = "roles/run.invoker"
  member   = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-iap.iam.gserviceaccount.com"
}

resource "google_iap_web_cloud_run_service_iam_member" "user" {
  for_each = toset(var.dashboard_users)

  project                = var.project
  location               = var.region
  cloud_run_service_name = google_cloud_run_v2_service.dashboard.name
  role                   = "roles/iap.httpsResourceAccessor"
  member                 = each.key
}

# A function: a Cloud Run service of the image, as a service account of its own, that only Google's own network reaches.

variable "name" {
  description = "The service's name, and that of its account."
  type        = string
}

variable "region" {
  description = "The region of the service."
  type        = string
}

variable "image" {
  description = "The image."
  type        = string
}

variable "target" {
  description = "The function in functions/main.py."
  type        = string
}

variable "memory" {
  description = "Memory of an instance, for example 2Gi."
  type        = string
}

variable "timeout" {
  description = "Seconds after which an attempt is given up."
  type        = number
}

variable "max_instances" {
  description = "Instances at most."
  type        = number
}

variable "environment" {
  description = "The settings of the function."
  type        = map(string)
}

variable "secrets" {
  description = "The secrets that it may read, by the setting in which it finds each."
  type        = map(string)
}

variable "subnet_id" {
  description = "The subnet in which it runs."
  type        = string
}

variable "buckets" {
  description = "Its role at each bucket that it works with."
  type        = list(object({ bucket = string, role = string }))
}

variable "protect" {
  description = "Whether the service cannot be deleted."
  type        = bool
}

resource "google_service_account" "this" {
  account_id   = var.name
  display_name = "The function ${var.target}"
}

resource "google_storage_bucket_iam_member" "this" {
  count = length(var.buckets)

  bucket = var.buckets[count.index].bucket
  role   = var.buckets[count.index].role
  member = google_service_account.this.member
}

resource "google_secret_manager_secret_iam_member" "this" {
  for_each = var.secrets

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.this.member
}

resource "google_cloud_run_v2_service" "this" {
  name                = var.name
  location            = var.region
  ingress             = "INGRESS_TRAFFIC_INTERNAL_ONLY"
  deletion_protection = var.protect

  template {
    service_account                  = google_service_account.this.email
    timeout                          = "${var.timeout}s"
    max_instance_request_concurrency = 1 # an event has the instance's memory for itself

    scaling {
      max_instance_count = var.max_instances
    }
    vpc_access {
      egress = "ALL_TRAFFIC"
      network_interfaces {
        subnetwork = var.subnet_id
      }
    }
    containers {
      image = var.image
      args  = [var.target]
      resources {
        limits            = { cpu = "1", memory = var.memory }
        startup_cpu_boost = true
      }
      dynamic "env" {
        for_each = var.environment
        content {
          name  = env.key
          value = env.value
        }
      }
      dynamic "env" {
        for_each = var.secrets
        content {
          name = env.key
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

  depends_on = [google_secret_manager_secret_iam_member.this, google_storage_bucket_iam_member.this]
}

output "name" {
  description = "The service."
  value       = google_cloud_run_v2_service.this.name
}

output "uri" {
  description = "Its address."
  value       = google_cloud_run_v2_service.this.uri
}

output "member" {
  description = "Its account, as a member of IAM policies."
  value       = google_service_account.this.member
}

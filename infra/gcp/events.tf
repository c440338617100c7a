# Upload -> Eventarc -> function. Eventarc makes a Pub/Sub subscription for each trigger; `make deploy-gcp` gives it the
# dead-letter topic made here, since neither Eventarc nor its Terraform resource takes one.

resource "google_project_iam_member" "storage_publishes" {
  project = var.project
  role    = "roles/pubsub.publisher"
  member  = data.google_storage_project_service_account.this.member
}

resource "google_service_account" "trigger" {
  account_id   = "${var.name}-trigger"
  display_name = "Delivers events of uploads to the functions"
}

resource "google_project_iam_member" "trigger_receives" {
  project = var.project
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.trigger.member
}

resource "google_cloud_run_v2_service_iam_member" "trigger_invokes" {
  for_each = local.stages

  name     = module.stage[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.trigger.member
}

resource "google_eventarc_trigger" "stage" {
  for_each = local.stages

  name            = "${var.name}-${each.key}"
  location        = var.region
  service_account = google_service_account.trigger.email

  matching_criteria {
    attribute = "type"
    value     = "google.cloud.storage.object.v1.finalized"
  }
  matching_criteria {
    attribute = "bucket"
    value     = module.storage.names[each.value.from]
  }
  destination {
    cloud_run_service {
      service = module.stage[each.key].name
      region  = var.region
    }
  }

  depends_on = [
    google_project_iam_member.storage_publishes,
    google_project_iam_member.trigger_receives,
    google_cloud_run_v2_service_iam_member.trigger_invokes,
  ]
}

resource "google_pubsub_topic" "dead" {
  #checkov:skip=CKV_GCP_83:names of objects only; encrypted with keys of Google
  for_each = local.stages

  name = "${var.name}-${each.key}-dead"
}

# Where dead letters wait for a person; a topic without a subscription keeps nothing.
resource "google_pubsub_subscription" "dead" {
  for_each = local.stages

  name                       = "${var.name}-${each.key}-dead"
  topic                      = google_pubsub_topic.dead[each.key].id
  message_retention_duration = "1209600s"
  expiration_policy {
    ttl = "" # never
  }
}

resource "google_pubsub_topic_iam_member" "dead_letters_arrive" {
  for_each = local.stages

  topic  = google_pubsub_topic.dead[each.key].name
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

# The tick of maintenance, as a CloudEvent.
resource "google_service_account" "scheduler" {
  account_id   = "${var.name}-scheduler"
  display_name = "Starts maintain"
}

resource "google_cloud_run_v2_service_iam_member" "scheduler_invokes" {
  name     = module.maintain.name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}

resource "google_cloud_scheduler_job" "maintain" {
  name             = "${var.name}-maintain"
  region           = var.region
  schedule         = "*/5 * * * *"
  attempt_deadline = "900s"

  retry_config {
    retry_count = 0 # the next tick does what this one did not
  }

  http_target {
    uri         = module.maintain.uri
    http_method = "POST"
    body        = base64encode("{}")
    headers = {
      "Content-Type"   = "application/json"
      "ce-id"          = "tick"
      "ce-source"      = "//cloudscheduler.googleapis.com/projects/${var.project}/jobs/${var.name}-maintain"
      "ce-specversion" = "1.0"
      "ce-type"        = "google.cloud.scheduler.job.v1.executed"
    }
    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = module.maintain.uri
    }
  }
}

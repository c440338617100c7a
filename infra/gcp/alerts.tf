resource "google_monitoring_notification_channel" "email" {
  count = var.alert_email == "" ? 0 : 1

  display_name = "${var.name} alerts"
  type         = "email"
  labels       = { email_address = var.alert_email }
}

locals {
  subscription = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = "
  service      = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = "
  alerts = merge(
    { for stage in keys(local.stages) : "${stage}-dead-letters" => {
      says   = "${var.name}-${stage} gave up on an event. docs/deploy.md says how to deliver it again once the cause is gone."
      filter = "${local.subscription}\"${var.name}-${stage}-dead\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      above  = 0
      during = "0s"
      align  = "ALIGN_MAX"
    } },
    { for stage, trigger in google_eventarc_trigger.stage : "${stage}-late" => {
      says   = "An event has waited for ${var.name}-${stage} for half an hour: it fails, or more comes than max_instances lets through."
      filter = "${local.subscription}\"${basename(trigger.transport[0].pubsub[0].subscription)}\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""
      above  = 1800
      during = "300s"
      align  = "ALIGN_MAX"
    } },
    { for function in concat(keys(local.stages), ["maintain"]) : "${function}-errors" => {
      says   = "${var.name}-${function} fails again and again: its log says why, and what it could not process is delivered again."
      filter = "${local.service}\"${var.name}-${function}\" AND metric.type = \"run.googleapis.com/request_count\" AND metric.labels.response_code_class = \"5xx\""
      above  = 0
      during = "600s"
      align  = "ALIGN_RATE"
    } },
  )
}

resource "google_monitoring_alert_policy" "this" {
  for_each = local.alerts

  display_name          = "${var.name}-${each.key}"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  documentation {
    content = each.value.says
  }
  conditions {
    display_name = each.key
    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.above
      duration        = each.value.during
      aggregations {
        alignment_period   = "300s"
        per_series_aligner = each.value.align
      }
    }
  }
}

resource "google_monitoring_alert_policy" "no_maintenance" {
  display_name          = "${var.name}-maintain-silent"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  documentation {
    content = "Nothing has started maintain for half an hour: look at the scheduler job ${var.name}-maintain."
  }
  conditions {
    display_name = "no request"
    condition_absent {
      filter   = "${local.service}\"${var.name}-maintain\" AND metric.type = \"run.googleapis.com/request_count\""
      duration = "1800s"
      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_RATE"
      }
    }
  }
}

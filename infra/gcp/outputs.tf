output "buckets" {
  description = "The bucket of each stage."
  value       = module.storage.names
}

output "migrate" {
  description = "The job that brings the schema up to date."
  value       = google_cloud_run_v2_job.migrate.name
}

output "dead_letters" {
  description = "The dead-letter topic of each trigger's subscription."
  value       = { for stage, trigger in google_eventarc_trigger.stage : trigger.transport[0].pubsub[0].subscription => google_pubsub_topic.dead[stage].id }
}

output "pubsub_agent" {
  description = "Who moves dead letters, and so may acknowledge what is in those subscriptions."
  value       = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

output "dashboard" {
  description = "Where the dashboard is, for who is named in dashboard_users."
  value       = google_cloud_run_v2_service.dashboard.uri
}

output "images" {
  description = "The images that are deployed."
  value       = var.images
}

output "next_step" {
  description = "What to do now."
  value       = <<-TEXT
    1. Bring the schema up to date (`make deploy-gcp` has done it):
       gcloud run jobs execute ${google_cloud_run_v2_job.migrate.name} --region ${var.region} --wait
    2. Upload a file:
       gcloud storage cp products.csv gs://${module.storage.names["raw"]}/products/
    3. Open the dashboard: ${google_cloud_run_v2_service.dashboard.uri}
    4. Look at what is held or rejected; --args=release,17,--by,Ada would release the row 17:
       gcloud run jobs execute ${google_cloud_run_v2_job.review.name} --region ${var.region} --wait --args=list
       gcloud logging read 'resource.labels.job_name=${google_cloud_run_v2_job.review.name}' --limit 20 --format='value(textPayload)'
  TEXT
}

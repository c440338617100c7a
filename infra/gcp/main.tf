data "google_project" "this" {}

# The agent in whose name Cloud Storage tells Eventarc of uploads.
data "google_storage_project_service_account" "this" {}

locals {
  # One function a stage: what starts it, what it writes to, and as whom it reaches the database.
  stages = {
    validate  = { from = "raw", to = "validated", reads = [], role = "eco_validator", image = "functions", memory = "2Gi", timeout = 540 }
    score     = { from = "validated", to = "scored", reads = ["models"], role = "eco_scorer", image = "score", memory = "2Gi", timeout = 300 }
    transform = { from = "scored", to = "curated", reads = [], role = "eco_transformer", image = "functions", memory = "2Gi", timeout = 300 }
    load      = { from = "curated", to = null, reads = [], role = "eco_loader", image = "functions", memory = "2Gi", timeout = 300 }
  }
  roles = concat([for stage in local.stages : stage.role], ["eco_maintainer", "eco_reader", "eco_reviewer", "eco_operator"])

  viewer  = "roles/storage.objectViewer"
  creator = "roles/storage.objectCreator"
  user    = "roles/storage.objectUser" # reads, writes and deletes

  services = toset([
    "artifactregistry.googleapis.com", "cloudscheduler.googleapis.com", "compute.googleapis.com", "eventarc.googleapis.com",
    "iap.googleapis.com", "monitoring.googleapis.com", "pubsub.googleapis.com", "run.googleapis.com",
    "secretmanager.googleapis.com", "servicenetworking.googleapis.com", "sqladmin.googleapis.com", "storage.googleapis.com",
  ])
}

resource "google_project_service" "this" {
  for_each = local.services

  service            = each.key
  disable_on_destroy = false # others in the project may use it
}

module "storage" {
  source = "./modules/storage"

  prefix     = "${var.project}-${var.name}"
  region     = var.region
  protect    = var.protect
  depends_on = [google_project_service.this]
}

module "network" {
  source = "./modules/network"

  name       = var.name
  region     = var.region
  sends_mail = var.mail != null
  depends_on = [google_project_service.this]
}

module "database" {
  source = "./modules/database"

  name        = var.name
  region      = var.region
  roles       = local.roles
  tier        = var.db_tier
  is_regional = var.db_is_regional
  protect     = var.protect
  network_id  = module.network.network_id
}

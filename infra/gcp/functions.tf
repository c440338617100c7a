# The functions. Each has its own service account, with its own buckets and its own database secret, and nothing else.

locals {
  # Cloud Run's addresses follow from service, project and region, so that maintain may know those of the others.
  address = "https://${var.name}-{function}-${data.google_project.this.number}.${var.region}.run.app"

  environment = merge(
    { for name, bucket in module.storage.names : "ECO_BUCKET_${upper(name)}" => bucket },
    {
      ECO_STORE        = "gcs"
      ECO_DB_HOST      = module.database.host
      ECO_DB_PORT      = "6432" # managed connection pooling; 5432 is PostgreSQL itself
      ECO_DB_NAME      = module.database.name
      ECO_DB_POOL_SIZE = "2"
      OMP_NUM_THREADS  = "1"
    },
    var.settings,
  )
}

module "stage" {
  source   = "./modules/function"
  for_each = local.stages

  name          = "${var.name}-${each.key}"
  region        = var.region
  image         = var.images[each.value.image]
  target        = each.key
  memory        = each.value.memory
  timeout       = each.value.timeout
  max_instances = var.max_instances
  environment   = merge(local.environment, { ECO_DB_USER = each.value.role })
  secrets       = { ECO_DB_PASSWORD = module.database.secret_ids[each.value.role] }
  subnet_id     = module.network.subnet_id
  buckets = concat(
    [for name in concat([each.value.from], each.value.reads) : { bucket = module.storage.names[name], role = local.viewer }],
    each.value.to == null ? [] : [{ bucket = module.storage.names[each.value.to], role = local.creator }],
  )
  protect = var.protect
}

module "maintain" {
  source = "./modules/function"

  name          = "${var.name}-maintain"
  region        = var.region
  image         = var.images.score # it trains the models
  target        = "maintain"
  memory        = "2Gi"
  timeout       = 900
  max_instances = 1
  environment   = merge(local.environment, { ECO_DB_USER = "eco_maintainer", ECO_DELIVERY_URL = local.address }, local.mail)
  secrets       = merge({ ECO_DB_PASSWORD = module.database.secret_ids["eco_maintainer"] }, local.mail_secret)
  subnet_id     = module.network.subnet_id
  buckets = concat(
    [for name in ["raw", "models"] : { bucket = module.storage.names[name], role = local.viewer }],
    [{ bucket = module.storage.names["models"], role = local.creator }], # a model stays
    # It deletes parts of ended runs; what it has just archived it reads back, and deletes where it differs.
    [for name in ["validated", "scored", "curated", "archive"] : { bucket = module.storage.names[name], role = local.user }],
  )
  protect = var.protect
}

# maintain delivers what was missed, as Eventarc does.
resource "google_cloud_run_v2_service_iam_member" "maintain_delivers" {
  for_each = local.stages

  name     = module.stage[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = module.maintain.member
}

data "aws_caller_identity" "current" {}

locals {
  # One function a stage: what starts it, what it writes to, and as whom it reaches the database.
  stages = {
    validate  = { from = "raw", to = "validated", reads = [], role = "eco_validator", image = "functions", memory = 2048, timeout = 900, batch = 1 }
    score     = { from = "validated", to = "scored", reads = ["models"], role = "eco_scorer", image = "score", memory = 3008, timeout = 300, batch = 4 }
    transform = { from = "scored", to = "curated", reads = [], role = "eco_transformer", image = "functions", memory = 2048, timeout = 300, batch = 4 }
    load      = { from = "curated", to = null, reads = [], role = "eco_loader", image = "functions", memory = 2048, timeout = 300, batch = 4 }
  }
  roles = concat([for stage in local.stages : stage.role], ["eco_maintainer", "eco_reader", "eco_reviewer", "eco_operator"])

  # Named here and not taken from the resources, so that maintain may know the queues of functions that depend on nothing of it.
  queue_url = "https://sqs.${var.region}.amazonaws.com/${data.aws_caller_identity.current.account_id}/${var.name}-{function}"
}

module "storage" {
  source = "./modules/storage"

  prefix  = "${var.name}-${data.aws_caller_identity.current.account_id}"
  protect = var.protect
}

module "network" {
  source = "./modules/network"

  name       = var.name
  region     = var.region
  sends_mail = var.mail != null
}

module "database" {
  source = "./modules/database"

  name               = var.name
  roles              = local.roles
  instance_class     = var.db_instance_class
  multi_az           = var.db_multi_az
  protect            = var.protect
  vpc_id             = module.network.vpc_id
  subnet_ids         = module.network.subnet_ids
  function_group_id  = module.network.function_group_id
  migration_group_id = module.network.migration_group_id
}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_sns_topic_subscription" "alarms" {
  count = var.alert_email == "" ? 0 : 1

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alert_email
}

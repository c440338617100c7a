# The functions. Each has its own role, with its own buckets, its own queue and its own database secret, and nothing else.

locals {
  environment = merge(
    { for name, id in module.storage.names : "ECO_BUCKET_${upper(name)}" => id },
    {
      ECO_STORE        = "s3"
      ECO_DB_HOST      = module.database.pooler_host
      ECO_DB_PORT      = "5432"
      ECO_DB_NAME      = module.database.name
      ECO_DB_POOL_SIZE = "2" # an instance works on one event at a time
      OMP_NUM_THREADS  = "1"
    },
    var.settings,
  )
}

module "stage" {
  source   = "./modules/function"
  for_each = local.stages

  name      = "${var.name}-${each.key}"
  image_uri = var.images[each.value.image]
  command   = [each.key]
  memory    = each.value.memory
  timeout   = each.value.timeout
  environment = merge(local.environment, {
    ECO_DB_USER   = each.value.role
    ECO_DB_SECRET = module.database.secret_arns[each.value.role]
  })
  secret_arns = [module.database.secret_arns[each.value.role]]
  buckets = merge(
    { (module.storage.arns[each.value.from]) = ["read"] },
    { for name in each.value.reads : (module.storage.arns[name]) => ["read"] },
    each.value.to == null ? {} : { (module.storage.arns[each.value.to]) = ["write"] },
  )
  sends_to           = []
  subnet_ids         = module.network.subnet_ids
  security_group_ids = [module.network.function_group_id]
  alarm_topic_arn    = aws_sns_topic.alarms.arn
}

module "inbox" {
  source   = "./modules/inbox"
  for_each = local.stages

  name            = "${var.name}-${each.key}"
  bucket          = module.storage.names[each.value.from]
  bucket_arn      = module.storage.arns[each.value.from]
  function_arn    = module.stage[each.key].arn
  role_name       = module.stage[each.key].role_name
  timeout         = each.value.timeout
  batch_size      = each.value.batch
  max_concurrency = var.max_concurrency
  alarm_topic_arn = aws_sns_topic.alarms.arn
}

module "maintain" {
  source = "./modules/function"

  name      = "${var.name}-maintain"
  image_uri = var.images.score # it trains the models
  command   = ["maintain"]
  memory    = 2048
  timeout   = 900
  environment = merge(local.environment, {
    ECO_DB_USER      = "eco_maintainer"
    ECO_DB_SECRET    = module.database.secret_arns["eco_maintainer"]
    ECO_DELIVERY_URL = local.queue_url
  }, local.mail)
  secret_arns = concat([module.database.secret_arns["eco_maintainer"]], aws_secretsmanager_secret.smtp[*].arn)
  buckets = merge(
    { (module.storage.arns["raw"]) = ["read"] },
    { for name in ["validated", "scored", "curated"] : (module.storage.arns[name]) => ["read", "delete"] },
    # What it has just archived it reads back, and deletes where it differs from the table. A model stays.
    { (module.storage.arns["archive"]) = ["read", "write", "delete"], (module.storage.arns["models"]) = ["read", "write"] },
  )
  sends_to           = [for stage in keys(local.stages) : module.inbox[stage].queue_arn]
  subnet_ids         = module.network.subnet_ids
  security_group_ids = [module.network.function_group_id]
  alarm_topic_arn    = aws_sns_topic.alarms.arn
}

# Held and rejected rows: people list, release, correct and dismiss them by invoking it, who may lambda:InvokeFunction.
module "review" {
  source = "./modules/function"

  name      = "${var.name}-review"
  image_uri = var.images.functions
  command   = ["python", "-m", "awslambdaric", "functions.aws_main.review"]
  memory    = 1024
  timeout   = 300
  environment = merge(local.environment, {
    ECO_DB_USER      = "eco_reviewer"
    ECO_DB_SECRET    = module.database.secret_arns["eco_reviewer"]
    ECO_DELIVERY_URL = local.queue_url
  })
  secret_arns        = [module.database.secret_arns["eco_reviewer"]]
  buckets            = {}
  sends_to           = [module.inbox["load"].queue_arn] # it tells load what was released
  subnet_ids         = module.network.subnet_ids
  security_group_ids = [module.network.function_group_id]
  alarm_topic_arn    = aws_sns_topic.alarms.arn
}

# Brings the schema to its newest version and the passwords of the roles into the database; `make deploy-aws` calls it.
module "migrate" {
  source = "./modules/function"

  name      = "${var.name}-migrate"
  image_uri = var.images.platform
  command   = ["python", "-m", "awslambdaric", "local.migrate.on_lambda"]
  memory    = 1024
  timeout   = 900
  environment = {
    ECO_DB_HOST     = module.database.server_host # the pooler knows the functions' roles alone
    ECO_DB_PORT     = "5432"
    ECO_DB_NAME     = module.database.name
    ECO_DB_SECRET   = module.database.master_secret_arn
    ECO_ROLE_SECRET = jsonencode(module.database.secret_arns)
  }
  secret_arns        = concat([module.database.master_secret_arn], values(module.database.secret_arns))
  buckets            = {}
  sends_to           = []
  subnet_ids         = module.network.subnet_ids
  security_group_ids = [module.network.migration_group_id]
  alarm_topic_arn    = aws_sns_topic.alarms.arn
}

# PostgreSQL in private subnets, reached through RDS Proxy; one secret a database role.

locals {
  ports = { postgres = 5432 }
  name  = "eco"
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_db_parameter_group" "this" {
  name   = "${var.name}-postgres18"
  family = "postgres18"

  parameter {
    name         = "max_locks_per_transaction" # a query over all partitions locks each of them
    value        = "256"
    apply_method = "pending-reboot"
  }
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
  parameter {
    name  = "log_min_duration_statement"
    value = "5000"
  }
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_157:a variable, on unless the user says otherwise
  #checkov:skip=CKV_AWS_293:a variable, on unless the user says otherwise
  #checkov:skip=CKV_AWS_353:Performance Insights has ended as a product of its own; CloudWatch has the metrics
  #checkov:skip=CKV_AWS_161:the functions know passwords: the same code runs where there is no IAM
  #checkov:skip=CKV_AWS_118:the metrics of each minute tell enough
  #checkov:skip=CKV2_AWS_30:statements hold no rows, but a log of all of them costs more than the database
  identifier     = var.name
  engine         = "postgres"
  engine_version = "18"
  instance_class = var.instance_class
  db_name        = local.name

  allocated_storage     = 100
  max_allocated_storage = 1000
  storage_type          = "gp3"
  storage_encrypted     = true

  username                    = "eco_admin"
  manage_master_user_password = true # RDS makes it, keeps it in Secrets Manager and changes it every week

  db_subnet_group_name       = aws_db_subnet_group.this.name
  vpc_security_group_ids     = [aws_security_group.database.id]
  parameter_group_name       = aws_db_parameter_group.this.name
  publicly_accessible        = false
  multi_az                   = var.multi_az
  deletion_protection        = var.protect
  skip_final_snapshot        = !var.protect
  final_snapshot_identifier  = var.protect ? "${var.name}-final" : null
  backup_retention_period    = 7
  copy_tags_to_snapshot      = true
  auto_minor_version_upgrade = true

  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
}

resource "aws_security_group" "database" {
  name        = "${var.name}-database"
  description = "PostgreSQL"
  vpc_id      = var.vpc_id
}

resource "aws_security_group" "pooler" {
  #checkov:skip=CKV2_AWS_5:attached to RDS Proxy in pooler.tf, where the check does not look
  name        = "${var.name}-pooler"
  description = "RDS Proxy"
  vpc_id      = var.vpc_id
}

# functions -> pooler -> database <- migration, and nothing else.
locals {
  paths = {
    pooler_from_functions    = { to = aws_security_group.pooler.id, from = var.function_group_id }
    database_from_pooler     = { to = aws_security_group.database.id, from = aws_security_group.pooler.id }
    database_from_migrations = { to = aws_security_group.database.id, from = var.migration_group_id }
  }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = local.paths

  security_group_id            = each.value.to
  description                  = each.key
  referenced_security_group_id = each.value.from
  ip_protocol                  = "tcp"
  from_port                    = local.ports.postgres
  to_port                      = local.ports.postgres
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = local.paths

  security_group_id            = each.value.from
  description                  = each.key
  referenced_security_group_id = each.value.to
  ip_protocol                  = "tcp"
  from_port                    = local.ports.postgres
  to_port                      = local.ports.postgres
}

output "name" {
  description = "The database."
  value       = local.name
}

output "server_host" {
  description = "PostgreSQL itself, for migrations."
  value       = aws_db_instance.this.address
}

output "pooler_host" {
  description = "The pooler, for everyone else."
  value       = aws_db_proxy.this.endpoint
}

output "master_secret_arn" {
  description = "The secret that RDS keeps of the one who may change the schema."
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}

output "secret_arns" {
  description = "The secret of each role."
  value       = { for role, secret in aws_secretsmanager_secret.role : role => secret.arn }
}

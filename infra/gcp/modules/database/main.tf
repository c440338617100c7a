# Cloud SQL for PostgreSQL on a private address, with its managed connection pooling: PgBouncer on port 6432 of the same
# address, in transaction mode, looked after by Google. A PgBouncer of one's own would be a machine more to patch, and
# beside each Cloud Run instance it would pool nothing: an instance needs one or two connections anyway.

variable "name" {
  description = "The first part of every name."
  type        = string
}

variable "region" {
  description = "The region of the database."
  type        = string
}

variable "roles" {
  description = "The database roles that log in."
  type        = list(string)
}

variable "tier" {
  description = "The size of the server."
  type        = string
}

variable "is_regional" {
  description = "Whether a second server stands by."
  type        = bool
}

variable "protect" {
  description = "Whether the database cannot be deleted."
  type        = bool
}

variable "network_id" {
  description = "The network in which the database has its address."
  type        = string
}

locals {
  admin    = "postgres"
  accounts = toset(concat(var.roles, [local.admin]))
}

resource "google_sql_database_instance" "this" {
  #checkov:skip=CKV_GCP_51:set below; the check does not look into a dynamic block
  #checkov:skip=CKV_GCP_52:set below; the check does not look into a dynamic block
  #checkov:skip=CKV_GCP_53:set below; the check does not look into a dynamic block
  #checkov:skip=CKV_GCP_54:set below; the check does not look into a dynamic block
  #checkov:skip=CKV_GCP_108:set below; the check does not look into a dynamic block
  #checkov:skip=CKV_GCP_6:only encrypted connections are taken; the check wants certificates of clients, which no role has
  #checkov:skip=CKV_GCP_55:statements are logged where they are slow
  #checkov:skip=CKV2_GCP_13:statements are logged where they are slow
  #checkov:skip=CKV_GCP_79:18 is the newest version that Cloud SQL has
  #checkov:skip=CKV_GCP_109:errors are logged, which is the default
  #checkov:skip=CKV_GCP_110:an audit of each statement costs more than the database; grants say who may do what
  #checkov:skip=CKV_GCP_111:statements are logged where they are slow
  name                = var.name
  region              = var.region
  database_version    = "POSTGRES_18"
  deletion_protection = var.protect

  settings {
    tier                        = var.tier
    edition                     = "ENTERPRISE_PLUS"
    availability_type           = var.is_regional ? "REGIONAL" : "ZONAL"
    disk_type                   = "PD_SSD"
    disk_autoresize             = true
    deletion_protection_enabled = var.protect

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network_id
      ssl_mode        = "ENCRYPTED_ONLY"
    }
    connection_pool_config {
      connection_pooling_enabled = true
    }
    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
    }
    dynamic "database_flags" {
      for_each = {
        max_locks_per_transaction  = "256" # a query over all partitions locks each of them
        log_min_duration_statement = "5000"
        log_checkpoints            = "on"
        log_connections            = "on"
        log_disconnections         = "on"
        log_lock_waits             = "on"
        log_hostname               = "on"
      }
      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }
  }
}

resource "google_sql_database" "this" {
  name     = "eco"
  instance = google_sql_database_instance.this.name
}

# One secret an account. The password is random, and passes through Terraform without being written down: not in code, not
# in the plan, not in the state. Raise the versions to change them all.
ephemeral "random_password" "account" {
  for_each = local.accounts

  length  = 32
  special = false
}

resource "google_secret_manager_secret" "account" {
  for_each = local.accounts

  secret_id = "${var.name}-database-${replace(each.key, "_", "-")}"
  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_version" "account" {
  for_each = google_secret_manager_secret.account

  secret                 = each.value.id
  secret_data_wo         = ephemeral.random_password.account[each.key].result
  secret_data_wo_version = 1
}

resource "google_sql_user" "admin" {
  name                = local.admin
  instance            = google_sql_database_instance.this.name
  password_wo         = ephemeral.random_password.account[local.admin].result
  password_wo_version = 1
}

output "name" {
  description = "The database."
  value       = google_sql_database.this.name
}

output "host" {
  description = "The private address, of PostgreSQL (5432) and of its pooler (6432)."
  value       = google_sql_database_instance.this.private_ip_address
}

output "admin" {
  description = "Who may change the schema."
  value       = google_sql_user.admin.name
}

output "secret_ids" {
  description = "The secret of each account, once it has a value."
  value       = { for account, secret in google_secret_manager_secret.account : account => secret.secret_id }
  depends_on  = [google_secret_manager_secret_version.account]
}

# One bucket a stage: a function that writes to the bucket that starts it would run for ever.

variable "prefix" {
  description = "The first part of each bucket's name."
  type        = string
}

variable "region" {
  description = "The region of the buckets."
  type        = string
}

variable "protect" {
  description = "Whether a bucket that holds objects cannot be deleted."
  type        = bool
}

locals {
  # The kept ones keep what was replaced or deleted as well: a rebuild needs every generation.
  buckets = { raw = "kept", archive = "kept", models = "kept", validated = "stage", scored = "stage", curated = "stage" }
}

resource "google_storage_bucket" "this" {
  #checkov:skip=CKV_GCP_62:the ledger in the database says what was read and written
  #checkov:skip=CKV_GCP_78:stage buckets hold copies that follow from the raw bucket, which has versions
  for_each = local.buckets

  name                        = "${var.prefix}-${each.key}"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protect

  versioning {
    enabled = each.value == "kept"
  }

  # maintain deletes the parts of runs that have ended; this is for what it never hears of.
  dynamic "lifecycle_rule" {
    for_each = each.value == "stage" ? [30] : []
    content {
      action {
        type = "Delete"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }

  dynamic "lifecycle_rule" {
    for_each = each.value == "kept" ? [90] : []
    content {
      action {
        type          = "SetStorageClass"
        storage_class = "NEARLINE" # read at once when a rebuild or a restore asks for it
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }
}

output "names" {
  description = "The name of each bucket, by stage."
  value       = { for stage, bucket in google_storage_bucket.this : stage => bucket.name }
}

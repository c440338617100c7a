# One bucket a stage: a function that writes to the bucket that starts it would run for ever.

variable "prefix" {
  description = "The first part of each bucket's name."
  type        = string
}

variable "protect" {
  description = "Whether a bucket that holds objects cannot be deleted."
  type        = bool
}

locals {
  stages  = toset(["validated", "scored", "curated"])
  kept    = toset(["raw", "archive", "models"]) # with what was replaced or deleted: a rebuild needs every generation
  buckets = setunion(local.stages, local.kept)
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:the ledger in the database says what was read and written; an access log is a bucket more
  #checkov:skip=CKV_AWS_144:one region; a rebuild from the raw bucket restores the rest
  #checkov:skip=CKV_AWS_145:encrypted with keys of S3; a key of one's own adds a right to each role and a price to each object
  #checkov:skip=CKV2_AWS_62:the inbox module adds the notifications of those buckets that start something
  #checkov:skip=CKV2_AWS_61:each has one, below; the check does not follow for_each over a part of the buckets
  #checkov:skip=CKV_AWS_21:stage buckets hold copies that follow from the raw bucket, which has versions
  for_each = local.buckets

  bucket        = "${var.prefix}-${each.key}"
  force_destroy = !var.protect
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.kept

  bucket = aws_s3_bucket.this[each.key].id
  versioning_configuration {
    status = "Enabled"
  }
}

# maintain deletes the parts of runs that have ended; this is for what it never hears of.
resource "aws_s3_bucket_lifecycle_configuration" "stages" {
  for_each = local.stages

  bucket = aws_s3_bucket.this[each.key].id
  rule {
    id     = "forgotten-parts"
    status = "Enabled"
    filter {}
    expiration {
      days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "kept" {
  for_each = local.kept

  bucket = aws_s3_bucket.this[each.key].id
  rule {
    id     = "seldom-read"
    status = "Enabled"
    filter {}
    transition {
      days          = 90
      storage_class = "STANDARD_IA" # read at once when a rebuild or a restore asks for it
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_iam_policy_document" "tls_only" {
  for_each = aws_s3_bucket.this

  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [each.value.arn, "${each.value.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "tls_only" {
  for_each = aws_s3_bucket.this

  bucket     = each.value.id
  policy     = data.aws_iam_policy_document.tls_only[each.key].json
  depends_on = [aws_s3_bucket_public_access_block.this]
}

output "names" {
  description = "The name of each bucket, by stage."
  value       = { for stage, bucket in aws_s3_bucket.this : stage => bucket.id }
}

output "arns" {
  description = "The ARN of each bucket, by stage."
  value       = { for stage in local.buckets : stage => "arn:aws:s3:::${var.prefix}-${stage}" }
}

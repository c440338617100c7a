variable "name" {
  description = "The first part of every name, so that several platforms fit into one account."
  type        = string
  default     = "eco"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.name))
    error_message = "name is 2 to 16 lower-case letters, digits and hyphens, beginning with a letter: it is part of bucket names."
  }
}

variable "region" {
  description = "The AWS region in which everything is."
  type        = string
}

variable "images" {
  description = "The images of infra/docker/Dockerfile in ECR of the same account and region, best named by their digests."
  type        = object({ functions = string, score = string, platform = string })
}

variable "alert_email" {
  description = "Who is told when an alarm goes off; empty for nobody. AWS asks that address to confirm first."
  type        = string
  default     = ""
}

variable "mail" {
  description = "Who gets the platform's own alerts, in whose name they are sent (so SES has to know that address), and the user of Amazon SES that sends them, for example { to = \"ada@example.com\", user = \"AKIA…\" }; null sends none. The user's password goes into TF_VAR_smtp_password."
  type        = object({ to = string, user = string })
  default     = null
}

variable "smtp_password" {
  description = "The password of that user. It is written to its secret, and nowhere else."
  type        = string
  default     = ""
  sensitive   = true
  ephemeral   = true
}

variable "protect" {
  description = "Whether AWS refuses to delete the database and buckets that hold objects. `make destroy-aws` says how to lift it."
  type        = bool
  default     = true
}

variable "db_instance_class" {
  description = "The size of the PostgreSQL server."
  type        = string
  default     = "db.m7g.large"
}

variable "db_multi_az" {
  description = "Whether a second server stands by in another zone, at twice the price."
  type        = bool
  default     = true
}

variable "max_concurrency" {
  description = "Instances of one function at most. Four functions times this must stay below what PostgreSQL lets in."
  type        = number
  default     = 20
  validation {
    condition     = var.max_concurrency >= 2 && var.max_concurrency <= 1000
    error_message = "max_concurrency is a number from 2 to 1000: AWS takes no other."
  }
}

variable "settings" {
  description = "Further settings of the functions, by the names in .env.example, for example { ECO_RETENTION_MONTHS = \"36\" }."
  type        = map(string)
  default     = {}
}

variable "project" {
  description = "The project's id."
  type        = string
}

variable "region" {
  description = "The region in which everything is."
  type        = string
}

variable "name" {
  description = "The first part of every name, so that several platforms fit into one project."
  type        = string
  default     = "eco"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.name))
    error_message = "name is 2 to 16 lower-case letters, digits and hyphens, beginning with a letter: it is part of bucket names."
  }
}

variable "images" {
  description = "The images of infra/docker/Dockerfile in Artifact Registry, best named by their digests."
  type        = object({ functions = string, score = string, platform = string })
}

variable "dashboard_users" {
  description = "Who may open the dashboard, for example [\"user:ada@example.com\", \"group:shop@example.com\"]."
  type        = list(string)
  default     = []
}

variable "alert_email" {
  description = "Who is told when an alert goes off; empty for nobody."
  type        = string
  default     = ""
}

variable "mail" {
  description = "Who gets the platform's own alerts, and the mail server and user that send them, for example { to = \"ada@example.com\", host = \"smtp.example.com\", user = \"eco@example.com\" }; null sends none. The user's password goes into TF_VAR_smtp_password."
  type        = object({ to = string, host = string, user = string, port = optional(number, 587) })
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
  description = "Whether the database, and buckets that hold objects, cannot be deleted. `make destroy-gcp` says how to lift it."
  type        = bool
  default     = true
}

variable "db_tier" {
  description = "The size of the PostgreSQL server, of the Enterprise Plus edition: only that one pools connections itself."
  type        = string
  default     = "db-perf-optimized-N-2"
}

variable "db_is_regional" {
  description = "Whether a second server stands by in another zone, at twice the price."
  type        = bool
  default     = true
}

variable "max_instances" {
  description = "Instances of one function at most."
  type        = number
  default     = 20
}

variable "settings" {
  description = "Further settings of the functions, by the names in .env.example, for example { ECO_RETENTION_MONTHS = \"36\" }."
  type        = map(string)
  default     = {}
}

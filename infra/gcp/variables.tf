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

variable "image" {
  description = "The image of the functions in Artifact Registry, best named by its digest."
  type        = string
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

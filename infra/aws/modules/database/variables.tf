variable "name" {
  description = "The first part of every name."
  type        = string
}

variable "roles" {
  description = "The database roles that log in."
  type        = list(string)
}

variable "instance_class" {
  description = "The size of the server."
  type        = string
}

variable "multi_az" {
  description = "Whether a second server stands by."
  type        = bool
}

variable "protect" {
  description = "Whether the database cannot be deleted."
  type        = bool
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "The private subnets."
  type        = list(string)
}

variable "function_group_id" {
  description = "The security group of the functions."
  type        = string
}

variable "migration_group_id" {
  description = "The security group of the migration."
  type        = string
}

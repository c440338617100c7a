variable "name" {
  description = "The function's name, and that of its role."
  type        = string
}

variable "image_uri" {
  description = "The image that holds it."
  type        = string
}

variable "command" {
  description = "The handler in the image."
  type        = list(string)
}

variable "memory" {
  description = "Megabytes; processor time follows from them."
  type        = number
}

variable "timeout" {
  description = "Seconds after which an attempt is given up."
  type        = number
}

variable "environment" {
  description = "The settings of the function."
  type        = map(string)
}

variable "secret_arns" {
  description = "The secrets that it may read."
  type        = list(string)
}

variable "buckets" {
  description = "What it may do to each bucket, by the bucket's ARN: read, write, delete."
  type        = map(list(string))
}

variable "sends_to" {
  description = "The queues that it may send to."
  type        = list(string)
}

variable "subnet_ids" {
  description = "The subnets in which it runs."
  type        = list(string)
}

variable "security_group_ids" {
  description = "The security groups in which it runs."
  type        = list(string)
}

variable "alarm_topic_arn" {
  description = "Where its alarms go."
  type        = string
}

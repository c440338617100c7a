variable "name" {
  description = "The queue's name: that of its function."
  type        = string
}

variable "bucket" {
  description = "The bucket whose new objects start the function."
  type        = string
}

variable "bucket_arn" {
  description = "The same bucket."
  type        = string
}

variable "function_arn" {
  description = "The function."
  type        = string
}

variable "role_name" {
  description = "The function's role, which may read the queue."
  type        = string
}

variable "timeout" {
  description = "The function's timeout in seconds: an event is delivered again a little later."
  type        = number
}

variable "batch_size" {
  description = "Events at a time; those that failed are delivered again, the others are done."
  type        = number
}

variable "max_concurrency" {
  description = "Instances of the function at most."
  type        = number
}

variable "alarm_topic_arn" {
  description = "Where alarms go."
  type        = string
}

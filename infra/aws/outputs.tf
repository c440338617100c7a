output "buckets" {
  description = "The bucket of each stage."
  value       = module.storage.names
}

output "queues" {
  description = "The queue of each function; beside it lies NAME-dead with what it could not process."
  value       = { for stage, inbox in module.inbox : stage => inbox.queue_url }
}

output "roles" {
  description = "The IAM role of each function."
  value       = merge({ for stage, made in module.stage : stage => made.role_arn }, { maintain = module.maintain.role_arn, review = module.review.role_arn, migrate = module.migrate.role_arn })
}

output "triggers" {
  description = "What hands the events of each queue to its function; disable it to pause the function."
  value       = { for stage, inbox in module.inbox : stage => inbox.trigger }
}

output "secrets" {
  description = "The secret of each database role: its name and its password."
  value       = module.database.secret_arns
}

output "migrate" {
  description = "The function that brings the schema up to date."
  value       = module.migrate.name
}

output "pooler" {
  description = "Where RDS Proxy is reached, from inside the VPC alone."
  value       = module.database.pooler_host
}

output "images" {
  description = "The images that are deployed."
  value       = var.images
}

output "next_step" {
  description = "What to do now."
  value       = <<-TEXT
    1. Bring the schema up to date (`make deploy-aws` has done it):
       aws lambda invoke --region ${var.region} --function-name ${module.migrate.name} /dev/stdout
    2. Upload a file:
       aws s3 cp products.csv s3://${module.storage.names["raw"]}/products/
    3. See what became of it:
       aws logs tail --region ${var.region} --follow /aws/lambda/${var.name}-load
    4. Look at what is held or rejected; "release", "17", "--by", "Ada" would release the row 17:
       aws lambda invoke --region ${var.region} --function-name ${module.review.name} --cli-binary-format raw-in-base64-out \
         --payload '{"arguments": ["list"]}' /dev/stdout
  TEXT
}

# Two private subnets without a way to the internet. What the functions need of AWS they reach through endpoints.

variable "name" {
  description = "The first part of every name."
  type        = string
}

variable "region" {
  description = "The region of the endpoints."
  type        = string
}

variable "sends_mail" {
  description = "Whether the functions reach the mail server of Amazon SES."
  type        = bool
}

data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:the subnets stay in the zones in which they were made
  state = "available"
}

locals {
  zones      = slice(data.aws_availability_zones.available.names, 0, 2)
  interfaces = setunion(["secretsmanager", "sqs"], var.sends_mail ? ["email-smtp"] : [])
}

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:no traffic leaves it; flow logs would be the larger part of its price
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "private" {
  count = 2

  vpc_id            = aws_vpc.this.id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, count.index)
  tags              = { Name = "${var.name}-private-${count.index}" }

  lifecycle {
    ignore_changes = [availability_zone] # a zone that AWS adds must not move them, and the database with them
  }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-private" }
}

resource "aws_route_table_association" "private" {
  count = 2

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]
  tags              = { Name = "${var.name}-s3" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.interfaces

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = aws_subnet.private[*].id
  security_group_ids  = [aws_security_group.endpoints.id]
  tags                = { Name = "${var.name}-${each.key}" }
}

# Who may speak to whom: functions and migrations to the endpoints and to S3; the database module adds the rest.
resource "aws_security_group" "functions" {
  #checkov:skip=CKV2_AWS_5:attached to the functions by the function module
  name        = "${var.name}-functions"
  description = "The functions"
  vpc_id      = aws_vpc.this.id
}

resource "aws_security_group" "migration" {
  #checkov:skip=CKV2_AWS_5:attached to the migration by the function module
  name        = "${var.name}-migration"
  description = "The function that changes the schema"
  vpc_id      = aws_vpc.this.id
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "The endpoints of AWS services"
  vpc_id      = aws_vpc.this.id
}

locals {
  clients = { functions = aws_security_group.functions.id, migration = aws_security_group.migration.id }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each = local.clients

  security_group_id            = aws_security_group.endpoints.id
  description                  = "HTTPS from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "to_endpoints" {
  for_each = local.clients

  security_group_id            = each.value
  description                  = "HTTPS to the endpoints"
  referenced_security_group_id = aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "to_s3" {
  security_group_id = aws_security_group.functions.id
  description       = "HTTPS to S3"
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "mail" {
  count = var.sends_mail ? 1 : 0

  security_group_id            = aws_security_group.endpoints.id
  description                  = "Mail from functions"
  referenced_security_group_id = aws_security_group.functions.id
  ip_protocol                  = "tcp"
  from_port                    = 587
  to_port                      = 587
}

resource "aws_vpc_security_group_egress_rule" "mail" {
  count = var.sends_mail ? 1 : 0

  security_group_id            = aws_security_group.functions.id
  description                  = "Mail to the endpoints"
  referenced_security_group_id = aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 587
  to_port                      = 587
}

output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "subnet_ids" {
  description = "The private subnets."
  value       = aws_subnet.private[*].id
}

output "function_group_id" {
  description = "The security group of the functions."
  value       = aws_security_group.functions.id
}

output "migration_group_id" {
  description = "The security group of the migration."
  value       = aws_security_group.migration.id
}

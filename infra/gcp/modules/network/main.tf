# A network without a way to the internet, unless mail is to be sent. Google's own services, other functions among them, are reached from inside.

variable "name" {
  description = "The first part of every name."
  type        = string
}

variable "region" {
  description = "The region of the subnet."
  type        = string
}

variable "sends_mail" {
  description = "Whether there is a way out, to a mail server."
  type        = bool
}

resource "google_compute_network" "this" {
  #checkov:skip=CKV2_GCP_18:a network without rules lets nothing in, and nothing in it has to be let in
  name                    = var.name
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "this" {
  #checkov:skip=CKV_GCP_26:no traffic leaves it; flow logs would be the larger part of its price
  #checkov:skip=CKV_GCP_76:it has no IPv6
  name                     = var.name
  region                   = var.region
  network                  = google_compute_network.this.id
  ip_cidr_range            = "10.20.0.0/22"
  private_ip_google_access = true
}

resource "google_compute_router" "out" {
  count = var.sends_mail ? 1 : 0

  name    = "${var.name}-out"
  region  = var.region
  network = google_compute_network.this.id
}

resource "google_compute_router_nat" "out" {
  count = var.sends_mail ? 1 : 0

  name                               = "${var.name}-out"
  region                             = var.region
  router                             = google_compute_router.out[0].name
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
}

# The addresses in which Google places the database.
resource "google_compute_global_address" "services" {
  name          = "${var.name}-services"
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  address       = "10.21.0.0"
  prefix_length = 20
  network       = google_compute_network.this.id
}

resource "google_service_networking_connection" "this" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
}

output "network_id" {
  description = "The network, once the database may be placed in it."
  value       = google_compute_network.this.id
  depends_on  = [google_service_networking_connection.this]
}

output "subnet_id" {
  description = "The subnet of the functions."
  value       = google_compute_subnetwork.this.id
}

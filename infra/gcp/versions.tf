terraform {
  required_version = ">= 1.11" # write-only arguments: passwords are in no state
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }
}

provider "google" {
  project        = var.project
  region         = var.region
  default_labels = { platform = var.name }
}

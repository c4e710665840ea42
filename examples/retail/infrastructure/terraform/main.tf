variable "artifacts" {
  type    = string
  default = "retail-artifacts"
}

locals {
  common_arguments = {
    "--job-bookmark-option" = "job-bookmark-disable"
    "--extra-py-files"      = "s3://${var.artifacts}/retail_etl.zip"
    "--enable-metrics"      = "true"
  }
}

resource "aws_glue_catalog_database" "archive" {
  name        = "retail_archive"
  description = "What left the landing zone"
}

resource "aws_glue_job" "backfill_orders" {
  name              = "retail-backfill-orders"
  description       = "The order job over one old month, started by hand"
  role_arn          = "arn:aws:iam::123456789012:role/retail-glue"
  glue_version      = "4.0"
  worker_type       = "G.1X"
  number_of_workers = 10
  timeout           = 600
  max_retries       = 2

  command {
    name            = "glueetl"
    script_location = "s3://${var.artifacts}/jobs/ingest_orders.py"
    python_version  = "3"
  }

  execution_property {
    max_concurrent_runs = 4
  }

  default_arguments = merge(local.common_arguments, {
    "--landing_path" = "s3://retail-landing/orders_backfill/"
    "--lake_path"    = "s3://retail-lake/orders_by_date/"
  })
}

resource "aws_glue_trigger" "backfill" {
  name = "retail-backfill"
  type = "ON_DEMAND"

  actions {
    job_name = aws_glue_job.backfill_orders.name
  }
}

"""Readers of Glue definitions: the AWS API, exported JSON, CloudFormation, Terraform, Step Functions, Airflow."""

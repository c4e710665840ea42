CREATE EXTERNAL TABLE partners.accounts (account_id bigint, name string) STORED AS PARQUET LOCATION 's3://warehouse/accounts/';

CREATE EXTERNAL TABLE IF NOT EXISTS sales.events (
  id bigint COMMENT 'number of the event',
  name string
)
PARTITIONED BY (day string)
STORED AS PARQUET
LOCATION 's3://lake/events/';

MSCK REPAIR TABLE sales.events;

CREATE TABLE IF NOT EXISTS main.sales.events (
  id BIGINT COMMENT 'number of the event',
  name STRING,
  day STRING
)
USING PARQUET
PARTITIONED BY (day)
LOCATION 's3://lake/events/'
TBLPROPERTIES ('nonDelta.partitionLog.enabled' = 'true');

MSCK REPAIR TABLE main.sales.events;

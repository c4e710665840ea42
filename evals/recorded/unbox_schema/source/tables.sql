CREATE EXTERNAL TABLE web.events (event_id bigint, payload string) STORED AS PARQUET LOCATION 's3://warehouse/events/';

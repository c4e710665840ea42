CREATE EXTERNAL TABLE payments.medicare (
  `provider id` bigint,
  `provider name` string,
  discharges int,
  charges double
)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
STORED AS TEXTFILE
LOCATION 's3://landing/medicare/'
TBLPROPERTIES ('skip.header.line.count' = '1', 'classification' = 'csv');

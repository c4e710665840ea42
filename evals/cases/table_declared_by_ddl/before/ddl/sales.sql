CREATE EXTERNAL TABLE sales.orders (
  order_id bigint,
  customer string,
  amount double,
  status string,
  day date
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
WITH SERDEPROPERTIES ('separatorChar' = ',')
STORED AS TEXTFILE
LOCATION 's3://landing/orders/'
TBLPROPERTIES ('skip.header.line.count' = '1');

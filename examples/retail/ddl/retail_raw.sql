-- Crawled from the export of the point-of-sale system; postal codes are not always numbers, so they are text.
CREATE EXTERNAL TABLE IF NOT EXISTS retail_raw.customers (
  customer_id bigint COMMENT 'number in the point-of-sale system',
  full_name string,
  email string,
  segment string,
  postal_code string,
  city string,
  signup_date string
)
COMMENT 'Customer master, full export'
ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
STORED AS TEXTFILE
LOCATION 's3://retail-landing/customers/'
TBLPROPERTIES ('skip.header.line.count' = '1', 'classification' = 'csv');

CREATE EXTERNAL TABLE IF NOT EXISTS retail_raw.products (
  sku string,
  title string,
  list_price double,
  category string,
  discontinued boolean,
  supplier struct<name:string, country:string>
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
STORED AS TEXTFILE
LOCATION 's3://retail-landing/products/'
TBLPROPERTIES ('classification' = 'json');

-- Quoted CSV with line breaks in the text: read with the OpenCSV SerDe, where every column is a string.
CREATE EXTERNAL TABLE IF NOT EXISTS retail_raw.reviews (
  review_id string,
  sku string,
  stars string,
  body string
)
PARTITIONED BY (received_on string)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '\\')
LOCATION 's3://retail-landing/reviews/';

ALTER TABLE retail_raw.reviews ADD IF NOT EXISTS
  PARTITION (received_on = '2024-01-15') LOCATION 's3://retail-landing/reviews/2024-01-15/';

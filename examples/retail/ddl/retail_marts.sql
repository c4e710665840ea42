CREATE EXTERNAL TABLE IF NOT EXISTS retail_marts.dim_store (
  store_id int,
  store_name string,
  region_code string,
  opened_on date
)
STORED AS PARQUET
LOCATION 's3://retail-marts/dim_store/';

-- Athena
CREATE OR REPLACE VIEW retail_marts.monthly_orders AS
SELECT o.order_year,
       o.order_month,
       s.region,
       count(*) AS orders,
       sum(o.amount) AS revenue,
       count(DISTINCT o.customer_id) AS customers
FROM retail_curated.orders o
LEFT JOIN retail_curated.stores s ON o.store_id = s.store_id
WHERE o.status <> 'CANCELLED'
GROUP BY o.order_year, o.order_month, s.region;

CREATE EXTERNAL TABLE IF NOT EXISTS retail_streams.clicks (
  session_id string,
  url string,
  clicked_at string
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 'retail-clicks'
TBLPROPERTIES (
  'classification' = 'json',
  'typeOfData' = 'kinesis',
  'streamARN' = 'arn:aws:kinesis:eu-west-1:123456789012:stream/retail-clicks'
);

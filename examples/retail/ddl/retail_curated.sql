CREATE EXTERNAL TABLE IF NOT EXISTS retail_curated.orders (
  order_id bigint,
  customer_id bigint,
  store_id int,
  order_date date,
  amount double,
  status string
)
PARTITIONED BY (order_year string, order_month string)
STORED AS PARQUET
LOCATION 's3://retail-lake/orders/'
TBLPROPERTIES ('parquet.compression' = 'SNAPPY');

MSCK REPAIR TABLE retail_curated.orders;

CREATE EXTERNAL TABLE IF NOT EXISTS retail_curated.stores (
  store_id int,
  name string,
  region string,
  manager_email string,
  rent decimal(10,2),
  opened_on date
)
STORED AS PARQUET
LOCATION 's3://retail-lake/stores/';

CREATE EXTERNAL TABLE IF NOT EXISTS retail_curated.customers (
  customer_id bigint,
  name string,
  email string,
  segment string,
  address struct<postal_code:string, city:string>,
  signup_date date
)
STORED AS PARQUET
LOCATION 's3://retail-lake/customers/';

-- What the nightly load appends to; a person merges it into customers.
CREATE EXTERNAL TABLE IF NOT EXISTS retail_curated.customers_loaded (
  customer_id bigint,
  name string,
  email string,
  segment string,
  address struct<postal_code:string, city:string>,
  signup_date date
)
STORED AS PARQUET
LOCATION 's3://retail-lake/customers_loaded/';

CREATE EXTERNAL TABLE IF NOT EXISTS retail_curated.products (
  sku string,
  title string,
  list_price decimal(10,2),
  category string,
  discontinued boolean
)
STORED AS PARQUET
LOCATION 's3://retail-lake/products/';

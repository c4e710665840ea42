CREATE EXTERNAL TABLE sales.orders (order_id bigint, customer_id bigint, amount double, status string, comment string)
STORED AS PARQUET LOCATION 's3://warehouse/orders/';
CREATE EXTERNAL TABLE sales.customers (id bigint, name string)
STORED AS PARQUET LOCATION 's3://warehouse/customers/';

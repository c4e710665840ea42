CREATE EXTERNAL TABLE shop.orders (id bigint, customer string, amount double, status string, day string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://lake/orders/';
CREATE EXTERNAL TABLE shop.paid_orders (order_id bigint, customer_id int, amount double, status string, name string)
STORED AS PARQUET LOCATION 's3://lake/paid_orders/';

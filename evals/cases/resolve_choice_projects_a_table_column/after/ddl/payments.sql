-- CHECK [create-table] line 1: an empty field of a text file is '' in a STRING column of Hive and Athena, and NULL in Spark
--   next: check whether queries tell '' from NULL; if so load the files into Delta with coalesce(column, '')
CREATE TABLE main.payments.medicare (
  `provider id` BIGINT,
  `provider name` STRING,
  discharges INT,
  charges DOUBLE
)
USING CSV
OPTIONS ('sep' ',', 'quote' '', 'nullValue' '\\N', 'emptyValue' '', 'header' 'true')
LOCATION 's3://landing/medicare/';

CREATE TABLE sales.accounts (
  id bigint,
  owner string
)
CLUSTERED BY (id) INTO 8 BUCKETS
STORED AS ORC
TBLPROPERTIES ('transactional' = 'true');

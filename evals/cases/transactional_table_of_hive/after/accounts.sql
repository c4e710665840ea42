CREATE TABLE main.sales.accounts (
  id BIGINT,
  owner STRING
)
USING DELTA;

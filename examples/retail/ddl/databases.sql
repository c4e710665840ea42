CREATE DATABASE IF NOT EXISTS retail_raw
  COMMENT 'What the shops and the web shop send, as it arrives'
  LOCATION 's3://retail-landing/';

CREATE DATABASE IF NOT EXISTS retail_curated
  COMMENT 'Cleaned and typed'
  LOCATION 's3://retail-lake/'
  WITH DBPROPERTIES ('owner' = 'data-platform');

CREATE DATABASE IF NOT EXISTS retail_marts COMMENT 'What analysts read';

CREATE DATABASE IF NOT EXISTS retail_streams;

import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue import DynamicFrame

def sparkSqlQuery(glueContext, query, mapping, transformation_ctx) -> DynamicFrame:
    for alias, frame in mapping.items():
        frame.toDF().createOrReplaceTempView(alias)
    result = spark.sql(query)
    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)
args = getResolvedOptions(sys.argv, ['JOB_NAME'])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args['JOB_NAME'], args)

# Script generated for node Orders
Orders_node1709112233001 = glueContext.create_dynamic_frame.from_catalog(database="retail_curated", table_name="orders", transformation_ctx="Orders_node1709112233001")

# Script generated for node Stores
Stores_node1709112233002 = glueContext.create_dynamic_frame.from_catalog(database="retail_curated", table_name="stores", transformation_ctx="Stores_node1709112233002")

# Script generated for node Renamed keys for Join
RenamedkeysforJoin_node1709112233003 = ApplyMapping.apply(frame=Stores_node1709112233002, mappings=[("store_id", "int", "right_store_id", "int"), ("name", "string", "right_name", "string"), ("region", "string", "right_region", "string")], transformation_ctx="RenamedkeysforJoin_node1709112233003")

# Script generated for node Join
Join_node1709112233004 = Join.apply(frame1=Orders_node1709112233001, frame2=RenamedkeysforJoin_node1709112233003, keys1=["store_id"], keys2=["right_store_id"], transformation_ctx="Join_node1709112233004")

# Script generated for node SQL Query
SqlQuery0 = '''
select right_region as region,
       date_trunc('month', order_date) as month,
       sum(amount) as revenue,
       count(distinct customer_id) as customers
from sales
where status <> 'CANCELLED'
group by right_region, date_trunc('month', order_date)
'''
SQLQuery_node1709112233005 = sparkSqlQuery(glueContext, query = SqlQuery0, mapping = {"sales":Join_node1709112233004}, transformation_ctx = "SQLQuery_node1709112233005")

# Script generated for node Change Schema
ChangeSchema_node1709112233006 = ApplyMapping.apply(frame=SQLQuery_node1709112233005, mappings=[("region", "string", "region", "string"), ("month", "timestamp", "month", "date"), ("revenue", "double", "revenue", "decimal(18,2)"), ("customers", "long", "customers", "long")], transformation_ctx="ChangeSchema_node1709112233006")

# Script generated for node Amazon S3
AmazonS3_node1709112233007 = glueContext.getSink(path="s3://retail-lake/sales_by_region/", connection_type="s3", updateBehavior="UPDATE_IN_DATABASE", partitionKeys=["region"], enableUpdateCatalog=True, transformation_ctx="AmazonS3_node1709112233007")
AmazonS3_node1709112233007.setCatalogInfo(catalogDatabase="retail_marts",catalogTableName="sales_by_region")
AmazonS3_node1709112233007.setFormat("glueparquet", compression="snappy")
AmazonS3_node1709112233007.writeFrame(ChangeSchema_node1709112233006)
job.commit()

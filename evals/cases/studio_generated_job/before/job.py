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


args = getResolvedOptions(sys.argv, ["JOB_NAME"])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

# Script generated for node Orders
Orders_node1 = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="typed")

# Script generated for node Totals
SqlQuery0 = """
select customer, sum(amount) as total from orders group by customer
"""
Totals_node2 = sparkSqlQuery(glueContext, query=SqlQuery0, mapping={"orders": Orders_node1}, transformation_ctx="Totals_node2")

# Script generated for node Target
Target_node3 = glueContext.write_dynamic_frame.from_options(frame=Totals_node2, connection_type="s3", format="glueparquet", connection_options={"path": "s3://lake/totals/", "partitionKeys": []}, format_options={"compression": "snappy"})

job.commit()

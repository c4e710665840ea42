import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection


def MyTransform(glueContext, dfc) -> DynamicFrameCollection:
    frame = dfc.select(list(dfc.keys())[0]).toDF()
    large = frame.where(frame["amount"] > 10)
    return DynamicFrameCollection({"CustomTransform0": DynamicFrame.fromDF(large, glueContext, "large")}, glueContext)


args = getResolvedOptions(sys.argv, ["JOB_NAME"])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

Orders_node1 = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="typed")
Custom_node2 = MyTransform(glueContext, DynamicFrameCollection({"Orders_node1": Orders_node1}, glueContext))
Selected_node3 = SelectFromCollection.apply(dfc=Custom_node2, key=list(Custom_node2.keys())[0])
glueContext.write_dynamic_frame.from_options(frame=Selected_node3, connection_type="s3", format="json", connection_options={"path": "s3://lake/large/"})

job.commit()

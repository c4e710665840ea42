"""Right conversions of writes and streams, each with changes that lose something: (what to replace, with what)."""

CASES = {
    "parquet sink": (
        'glueContext.write_dynamic_frame.from_options(frame=df, connection_type="s3", connection_options={"path": '
        '"s3://out/orders", "partitionKeys": ["year", "month"]}, format="parquet", transformation_ctx="sink")',
        'df.write.mode("append").partitionBy("year", "month").parquet("s3://out/orders")',
        [
            ("append", "overwrite"),
            ('.mode("append")', ""),
            ('.partitionBy("year", "month")', ""),
            (', "month"', ""),
            ("out/orders", "out/order"),
            (".parquet(", ".json("),
            ("df.write", "other.write"),
            ('df.write.mode("append").partitionBy("year", "month").parquet("s3://out/orders")', ""),
        ],
    ),
    "partitions that the rows name are overwritten": (
        'spark.sql("INSERT OVERWRITE TABLE sales.orders PARTITION (day) SELECT id, day FROM raw.orders")',
        'glue_compat.overwrite_partitions(spark, "INSERT OVERWRITE TABLE main.sales.orders PARTITION (day) SELECT id, day FROM main.raw.orders")',
        [
            ("glue_compat.overwrite_partitions(spark, ", "print("),
            ("INSERT OVERWRITE TABLE main.sales.orders", "INSERT OVERWRITE TABLE main.sales.order"),
            ("(day) SELECT", "SELECT"),
            ("SELECT id, day", "SELECT day"),
        ],
    ),
    "csv sink": (
        'glueContext.write_dynamic_frame.from_options(df, "s3", {"path": "s3://out/o"}, "csv", {"separator": "\\t"})',
        'df.write.mode("append").option("header", True).option("sep", "\\t").csv("s3://out/o")',
        [('.option("header", True)', ""), ('.option("sep", "\\t")', ""), ("True", "False")],
    ),
    "csv sink without header": (
        'glueContext.write_dynamic_frame.from_options(df, "s3", {"path": "s3://out/o"}, "csv", {"writeHeader": False})',
        'df.write.mode("append").option("header", False).csv("s3://out/o")',
        [("False", "True")],
    ),
    "glueparquet with compression": (
        'glueContext.write_dynamic_frame.from_options(frame=df, connection_type="s3", format="glueparquet", '
        'connection_options={"path": "s3://out/o", "partitionKeys": []}, format_options={"compression": "gzip"})',
        'df.write.mode("append").option("compression", "gzip").parquet("s3://out/o")',
        [('.option("compression", "gzip")', ""), ("gzip", "snappy")],
    ),
    "catalog sink": (
        'glueContext.write_dynamic_frame.from_catalog(frame=df, database="sales", table_name="orders", '
        'additional_options={"enableUpdateCatalog": True, "updateBehavior": "UPDATE_IN_DATABASE", "partitionKeys": ["day"]})',
        'df.write.mode("append").option("mergeSchema", True).partitionBy("day").saveAsTable("main.sales.orders")',
        [
            ('.option("mergeSchema", True)', ""),
            ('.partitionBy("day")', ""),
            ("sales.orders", "sales.order"),
            ("append", "overwrite"),
        ],
    ),
    "two writes": (
        'glueContext.write_dynamic_frame.from_catalog(df, "sales", "orders")\n'
        'glueContext.write_dynamic_frame.from_catalog(df, "sales", "orders_copy")',
        'df.write.mode("append").saveAsTable("main.sales.orders")\ndf.write.mode("append").saveAsTable("main.sales.orders_copy")',
        [
            ('\ndf.write.mode("append").saveAsTable("main.sales.orders_copy")', ""),
            ("orders_copy", "orders"),
            ("\ndf", '\ndf.write.mode("append").saveAsTable("main.sales.more")\ndf'),
        ],
    ),
    "sink that updates the catalog": (
        'sink = glueContext.getSink(path="s3://out/o", connection_type="s3", updateBehavior="UPDATE_IN_DATABASE", '
        'partitionKeys=["day"], enableUpdateCatalog=True, compression="snappy", transformation_ctx="sink")\n'
        'sink.setCatalogInfo(catalogDatabase="sales", catalogTableName="orders")\nsink.setFormat("glueparquet")\n'
        "sink.writeFrame(df)",
        'df.write.mode("append").option("path", "s3://out/o").option("mergeSchema", True).partitionBy("day")'
        '.saveAsTable("main.sales.orders")',
        [
            ('.partitionBy("day")', ""),
            ("main.sales.orders", "main.sales.items"),
            ('.option("path", "s3://out/o")', ""),
            ('.option("mergeSchema", True)', ""),
            ('.mode("append")', ""),
            ("df.write", "src.write"),
        ],
    ),
    "sink without a header": (
        'sink = glueContext.getSink("s3", path="s3://out/o")\nsink.setFormat("csv", separator=";", writeHeader=False)\n'
        "sink.writeFrame(df)",
        'df.write.mode("append").options(header=False, sep=";", escape=\'"\').csv("s3://out/o")',
        [("header=False", "header=True"), ('sep=";"', 'sep=","'), ('.mode("append")', "")],
    ),
    "Avro with logical types": (
        'glueContext.write_dynamic_frame.from_options(df, "s3", {"path": "s3://out/o"}, "avro", {"version": "1.8"})',
        'df.write.mode("append").format("avro").save("s3://out/o")',
        [("avro", "parquet"), ('.mode("append")', "")],
    ),
    "jdbc sink": (
        'glueContext.write_dynamic_frame.from_jdbc_conf(frame=df, catalog_connection="pg", connection_options={'
        '"dbtable": "public.orders", "database": "shop"}, redshift_tmp_dir="")',
        'df.write.format("jdbc").option("url", dbutils.secrets.get("pg", "url") + "/shop")'
        '.option("dbtable", "public.orders").mode("append").save()',
        [("public.orders", "public.order"), ("/shop", ""), ('.mode("append")', "")],
    ),
    "redshift sink with actions": (
        'glueContext.write_dynamic_frame.from_options(frame=df, connection_type="redshift", connection_options={'
        '"dbtable": "stage", "preactions": "truncate table stage;", "redshiftTmpDir": args["TempDir"], '
        '"useConnectionProperties": "true", "connectionName": "rs"})',
        'df.write.format("redshift").option("dbtable", "stage").option("preactions", "truncate table stage;")'
        '.option("tempdir", args["TempDir"]).option("url", dbutils.secrets.get("rs", "url")).mode("append").save()',
        [
            ('.option("preactions", "truncate table stage;")', ""),
            ('.option("tempdir", args["TempDir"])', ""),
            ("truncate", "drop"),
        ],
    ),
    "delta save mode": (
        'glueContext.write_data_frame.from_catalog(frame=df, database="sales", table_name="orders", '
        'additional_options={"saveMode": "overwrite"})',
        'df.write.mode("overwrite").saveAsTable("main.sales.orders")',
        [("overwrite", "append")],
    ),
    "spark write beside Glue": (
        'out = dyf.toDF()\nout.repartition(1).write.mode("overwrite").json("s3://out/x")',
        'out = dyf\nout.repartition(1).write.mode("overwrite").json("s3://out/x")',
        [("overwrite", "append"), (".repartition(1)", ""), ("out/x", "out/y")],
    ),
    "spark write in one chain": (
        'dyf.toDF().coalesce(2).write.mode("overwrite").partitionBy("d").json("s3://out/x")',
        'dyf.coalesce(2).write.mode("overwrite").partitionBy("d").json("s3://out/x")',
        [(".coalesce(2)", ""), ('.partitionBy("d")', ""), ("coalesce(2)", "coalesce(3)"), ('.mode("overwrite")', "")],
    ),
    "repartition before the sink": (
        'one = df.repartition(1)\nglueContext.write_dynamic_frame.from_options(frame=one, connection_type="s3", '
        'connection_options={"path": args["out"]}, format="json")',
        'one = df.repartition(1)\none.write.mode("append").json(args["out"])',
        [("one.write", "df.write"), ('args["out"]', '"s3://x"'), ("df.repartition(1)", "df")],
    ),
    "collection sink": (
        "for key in dfc.keys():\n    glueContext.write_dynamic_frame.from_options(frame=dfc.select(key), "
        'connection_type="s3", connection_options={"path": "s3://out/" + key}, format="parquet")',
        'for key in dfc.keys():\n    dfc[key].write.mode("append").parquet("s3://out/" + key)',
        [
            ('"s3://out/" + key', '"s3://out/"'),
            ("dfc[key].write", "df.write"),
            ("for key in dfc.keys():\n    ", "key = 'a'\n"),
        ],
    ),
    "streaming batches": (
        'def batch(data, batch_id):\n    out = DynamicFrame.fromDF(data, glueContext, "b")\n'
        '    glueContext.write_dynamic_frame.from_options(frame=out, connection_type="s3", connection_options={"path": '
        '"s3://out/s"}, format="parquet")\n\n\n'
        'glueContext.forEachBatch(frame=df, batch_function=batch, options={"windowSize": "60 seconds", '
        '"checkpointLocation": args["TempDir"] + "/cp"})',
        'def batch(data, batch_id):\n    out = data\n    out.write.mode("append").parquet("s3://out/s")\n\n\n'
        'df.writeStream.foreachBatch(batch).trigger(processingTime="60 seconds")'
        '.option("checkpointLocation", args["TempDir"] + "/cp").start().awaitTermination()',
        [
            ('.option("checkpointLocation", args["TempDir"] + "/cp")', ""),
            ('.trigger(processingTime="60 seconds")', ""),
            (".foreachBatch(batch)", ""),
            ("out.write", "df.write"),
            ("/cp", "/other"),
        ],
    ),
    "purge handled": (
        'df.show()\nglueContext.purge_s3_path("s3://out/o", {"retentionPeriod": 0})',
        'df.show()\ndbutils.fs.rm("s3://out/o", True)',
        [('\ndbutils.fs.rm("s3://out/o", True)', ""), ("out/o", "out")],
    ),
    "sink in a method": (
        "class Sink:\n    def save(self, frame):\n        self.glue_context.write_dynamic_frame.from_options(frame=frame, "
        'connection_type="s3", connection_options={"path": self.path, "partitionKeys": self.keys}, format="orc")',
        "class Sink:\n    def save(self, frame):\n"
        '        frame.write.mode("append").partitionBy(*self.keys).orc(self.path)',
        [("self.path", "self.base"), (".partitionBy(*self.keys)", ""), ("frame.write", "self.frame.write")],
    ),
}

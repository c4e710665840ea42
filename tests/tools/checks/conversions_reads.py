"""Right conversions of reads and arguments, each with changes that lose something: (what to replace, with what)."""

CASES = {
    "catalog read": (
        'df = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders", transformation_ctx="df")',
        'df = spark.read.table("main.sales.orders")',
        [
            ("sales.orders", "sales.order_items"),
            ("main.sales", "main.stage"),
            ('spark.read.table("main.sales.orders")', "None"),
        ],
    ),
    "catalog read with positional arguments": (
        'df = glueContext.create_dynamic_frame.from_catalog("sales", "orders", "", "df", "year = 2024")',
        'df = spark.read.table("main.sales.orders").where("year = 2024")',
        [('.where("year = 2024")', ""), ("2024", "2023"), ("orders", "items")],
    ),
    "function form": (
        'df = glueContext.create_dynamic_frame_from_catalog(database="sales", table_name="orders", redshift_tmp_dir="")',
        'df = spark.table("main.sales.orders")',
        [("orders", "order")],
    ),
    "push down predicate": (
        'df = glueContext.create_dynamic_frame.from_catalog(name_space="sales", table_name="orders", '
        "push_down_predicate=\"(year == '2024' and month == '01')\")",
        "df = spark.read.table(\"main.sales.orders\").where(\"(year == '2024' and month == '01')\")",
        [(" and month == '01'", ""), ("'01'", "'02'"), ("==", "!="), (" and ", " or ")],
    ),
    "push down predicate as columns": (
        'df = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders", '
        "push_down_predicate=\"year = '2024'\")",
        'df = spark.read.table("main.sales.orders").where(F.col("year") == "2024")',
        [("2024", "2025"), ('.where(F.col("year") == "2024")', ""), ("==", ">=")],
    ),
    "dynamic predicate": (
        'day = args["day"]\n'
        'df = glueContext.create_dynamic_frame.from_catalog(database=args["db"], table_name="orders", '
        "push_down_predicate=f\"day = '{day}'\")",
        'day = args["day"]\ndf = spark.read.table(f"main.{args[\'db\']}.orders").where(f"day = \'{day}\'")',
        [("args['db']", "'sales'"), (".where(f\"day = '{day}'\")", ""), ("orders", "items")],
    ),
    "two reads of one table": (
        'a = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")\n'
        'b = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")\n'
        "print(a.count(), b.count())",
        'a = spark.read.table("main.sales.orders")\nb = spark.read.table("main.sales.orders")\nprint(a.count(), b.count())',
        [('b = spark.read.table("main.sales.orders")', "b = a")],
    ),
    "catalog partition predicate": (
        'df = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders", '
        'additional_options={"catalogPartitionPredicate": "region=\'EU\'"})',
        'df = spark.read.table("main.sales.orders").where("region=\'EU\'")',
        [("EU", "US"), (".where(\"region='EU'\")", "")],
    ),
    "csv": (
        'df = glueContext.create_dynamic_frame.from_options(connection_type="s3", connection_options={"paths": '
        '["s3://raw/orders/"], "recurse": True, "groupFiles": "inPartition"}, format="csv", '
        'format_options={"withHeader": True, "separator": "|", "quoteChar": "\'"}, transformation_ctx="df")',
        'df = (\n    spark.read.option("header", True)\n    .option("sep", "|")\n    .option("quote", "\'")\n'
        '    .option("recursiveFileLookup", "true")\n    .csv("s3://raw/orders/")\n)',
        [
            ('.option("sep", "|")', ""),
            ('"|"', '","'),
            ('option("header", True)', 'option("header", False)'),
            ('.option("quote", "\'")', ""),
            ('.option("recursiveFileLookup", "true")', ""),
            ("raw/orders", "raw/order"),
            (".csv(", ".json("),
        ],
    ),
    "csv with defaults": (
        'df = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://raw/a"]}, "csv", '
        '{"withHeader": False, "separator": ",", "quoteChar": \'"\', "optimizePerformance": True})',
        'df = spark.read.csv(["s3://raw/a"])',
        [("raw/a", "raw/b"), (".csv", ".text")],
    ),
    "csv without quotes": (
        'df = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://raw/a"]}, "csv", {"quoteChar": -1})',
        'df = spark.read.option("quote", "").csv("s3://raw/a")',
        [('.option("quote", "")', "")],
    ),
    "json": (
        'df = glueContext.create_dynamic_frame.from_options(connection_type="s3", format="json", '
        'connection_options={"paths": ["s3://raw/a", "s3://raw/b"]}, format_options={"multiline": True})',
        'df = spark.read.option("multiLine", True).json(["s3://raw/a", "s3://raw/b"])',
        [(', "s3://raw/b"', ""), ('.option("multiLine", True)', ""), ('"multiLine", True', '"multiLine", False')],
    ),
    "parquet from a job argument": (
        'df = glueContext.create_dynamic_frame.from_options("s3", {"paths": [args["source_path"]]}, "parquet")',
        'df = spark.read.parquet(args["source_path"])',
        [("source_path", "target_path"), ("parquet", "orc")],
    ),
    "xml": (
        'df = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://raw/x"]}, "xml", {"rowTag": "book"})',
        'df = spark.read.format("xml").option("rowTag", "book").load("s3://raw/x")',
        [("book", "page"), ('.option("rowTag", "book")', ""), ('"xml"', '"text"')],
    ),
    "jdbc": (
        'df = glueContext.create_dynamic_frame.from_options(connection_type="mysql", connection_options={"url": '
        '"jdbc:mysql://h:3306/d", "dbtable": "orders", "user": "u", "password": "p", "hashfield": "id"})',
        'df = (\n    spark.read.format("jdbc").option("url", "jdbc:mysql://h:3306/d").option("dbtable", "orders")\n'
        '    .option("user", dbutils.secrets.get("mysql", "user"))\n'
        '    .option("password", dbutils.secrets.get("mysql", "password"))\n'
        '    .option("partitionColumn", "id").load()\n)',
        [('.option("dbtable", "orders")', ""), ("orders", "order"), ('.option("partitionColumn", "id")', "")],
    ),
    "getSource": (
        'df = glueContext.getSource("s3", format="json", paths=["s3://raw/a"]).getFrame()',
        'df = spark.read.json("s3://raw/a")',
        [("raw/a", "raw/b"), (".json", ".csv")],
    ),
    "glueContext as a session": (
        'rows = glueContext.sql("select id, name from sales.people where age > 21")\nrows.show(5)',
        'rows = spark.sql("select id, name from main.sales.people where age > 21")\nrows.show(5)',
        [("21", "18"), (" where age > 21", ""), ("id, name", "id"), ("people", "persons"), ("rows.show(5)", "")],
    ),
    "f-string SQL": (
        "rows = glueContext.sql(f\"select * from sales.people where age > {args['age']}\")",
        "rows = spark.sql(f\"select * from main.sales.people where age > {args['age']}\")",
        [("args['age']", "21"), ("where age >", "where size >")],
    ),
    "job arguments with hyphens": (
        'args = getResolvedOptions(sys.argv, ["JOB_NAME", "my-opt", "day"])\nprint(args["my_opt"], args["day"])',
        'parser.add_argument("--my-opt", dest="my_opt")\nparser.add_argument("--day")\n'
        'args = vars(parser.parse_known_args()[0])\nprint(args["my_opt"], args["day"])',
        [('parser.add_argument("--day")\n', ""), ('"--my-opt"', '"--my-op"')],
    ),
    "optional job argument": (
        'mode = "full"\nif "--mode" in sys.argv:\n    mode = getResolvedOptions(sys.argv, ["mode"])["mode"]\nprint(mode)',
        'parser.add_argument("--mode", default="full")\nmode = parser.parse_known_args()[0].mode\nprint(mode)',
        [('default="full"', 'default="delta"'), (', default="full"', ""), ('"--mode"', '"--node"')],
    ),
    "job name that is used": (
        'args = getResolvedOptions(sys.argv, ["JOB_NAME"])\njob.init(args["JOB_NAME"], args)\nprint(args["JOB_NAME"])',
        'parser.add_argument("--JOB_NAME")\nargs = vars(parser.parse_known_args()[0])\nprint(args["JOB_NAME"])',
        [('parser.add_argument("--JOB_NAME")\n', "")],
    ),
    "kafka stream": (
        'df = glueContext.create_data_frame.from_options(connection_type="kafka", connection_options={'
        '"bootstrap.servers": "b:9092", "topicName": "t", "startingOffsets": "earliest", "classification": "json", '
        '"inferSchema": "false", "emitConsumerLagMetrics": "true"})',
        'df = (\n    spark.readStream.format("kafka").option("kafka.bootstrap.servers", "b:9092")\n'
        '    .option("subscribe", "t").option("startingOffsets", "earliest").load()\n'
        '    .select(F.from_json(F.col("value").cast("string"), schema))\n)',
        [('.option("startingOffsets", "earliest")', ""), ('"t"', '"u"'), ("b:9092", "c:9092"), ("earliest", "latest")],
    ),
    "kinesis stream": (
        'df = glueContext.create_data_frame.from_options("kinesis", {"streamARN": "arn:aws:kinesis:eu-west-1:1:stream/s", '
        '"startingPosition": "TRIM_HORIZON", "classification": "json", "numRetries": "5"})',
        'df = (\n    spark.readStream.format("kinesis").option("streamName", "s").option("region", "eu-west-1")\n'
        '    .option("initialPosition", "trim_horizon").load().select(F.from_json(F.col("data").cast("string"), schema))\n)',
        [('.option("initialPosition", "trim_horizon")', ""), ('"kinesis"', '"kafka"')],
    ),
}

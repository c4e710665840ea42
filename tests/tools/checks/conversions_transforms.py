"""Right conversions of transforms, each with changes that lose something: (what to replace, with what)."""

CASES = {
    "methods that are added to a class become functions": (
        "def tidy(self, name):\n    return name\n\n\nout = df.tidy('a').tidy('b')\nnext_one = out.tidy('c')",
        "def tidy(self, name):\n    return name\n\n\nout = tidy(tidy(df, 'a'), 'b')\nnext_one = tidy(out, 'c')",
        [
            ("tidy(tidy(df, 'a'), 'b')", "tidy((df, 'a'), 'b')"),
            ("next_one = tidy(out, 'c')", "next_one = (out, 'c')"),
        ],
    ),
    "map over the frames of a collection": (
        'fewer = dfc.map(lambda frame, ctx: frame.drop_fields(["status"]))',
        'fewer = {key: frame.drop("status") for key, frame in dfc.items()}',
        [
            ('{key: frame.drop("status") for key, frame in dfc.items()}', "dfc"),
            ('frame.drop("status")', "frame"),
        ],
    ),
    "map over records": (
        "out = df.map(lambda record: record)",
        'out = df.select("*")',
        [('df.select("*")', "df")],
    ),
    "apply mapping": (
        'out = ApplyMapping.apply(frame=df, mappings=[("id", "long", "id", "long"), ("name", "string", "full_name", '
        '"string"), ("age", "string", "age", "int")], transformation_ctx="out")',
        'out = df.select(\n    F.col("id"),\n    F.col("name").alias("full_name"),\n'
        '    F.expr("try_cast(age as int)").alias("age"),\n)',
        [
            ('    F.expr("try_cast(age as int)").alias("age"),\n', ""),
            ('    F.col("id"),\n', ""),
            ("as int", "as bigint"),
            ('F.col("name").alias("full_name")', 'F.col("full_name").alias("name")'),
            ('F.expr("try_cast(age as int)").alias("age")', 'F.col("age")'),
            ('.alias("full_name")', ""),
        ],
    ),
    "apply mapping by method": (
        'out = df.apply_mapping([("a", "int", "x", "bigint"), ("b", "string", "y", "string")])',
        'out = df.select(F.col("a").cast("long").alias("x"), F.col("b").alias("y"))',
        [
            ('.alias("x")', '.alias("z")'),
            ('cast("long")', 'cast("int")'),
            (
                'F.col("a").cast("long").alias("x"), F.col("b").alias("y")',
                'F.col("b").cast("long").alias("x"), F.col("a").alias("y")',
            ),
        ],
    ),
    "apply mapping nested": (
        'out = ApplyMapping.apply(frame=df, mappings=[("address.state", "string", "state", "string"), '
        '("zip", "int", "place.zip", "string")])',
        'out = df.select(F.col("address.state").alias("state"), F.struct(F.col("zip").cast("string").alias("zip")).alias("place"))',
        [
            ('F.col("address.state").alias("state"), ', ""),
            ('cast("string")', 'cast("int")'),
            ("address.state", "address.city"),
        ],
    ),
    "apply mapping with quoted dots": (
        'out = df.apply_mapping([("`a.b`", "string", "a_b", "string"), ("c d", "string", "c_d", "date")])',
        'out = df.selectExpr("`a.b` as a_b", "try_cast(`c d` as date) as c_d")',
        [('"`a.b` as a_b", ', ""), ("as date", "as timestamp"), ("as a_b", "as ab")],
    ),
    "apply mapping to names as Studio gives them before a join": (
        'out = df.apply_mapping([("id", "long", "`(right) id`", "long"), ("a", "string", "`a #1/$`", "int")])',
        'out = df.selectExpr("id AS `(right) id`", "try_cast(a AS int) AS `a #1/$`")',
        [("`(right) id`", "`(left) id`"), ("`a #1/$`", "`a #2/$`"), ("AS int", "AS date"), ('"id AS', '"a AS')],
    ),
    "apply mapping through a helper": (
        'out = ApplyMapping.apply(df, [("a", "string", "b", "decimal(10,2)"), ("c", "int", "c", "int")])',
        'out = glue_compat.apply_mapping(df, [("a", "string", "b", "decimal(10,2)"), ("c", "int", "c", "int")])',
        [(', ("c", "int", "c", "int")', ""), ("decimal(10,2)", "decimal(10,4)"), ('"b"', '"d"')],
    ),
    "mapping in a variable": (
        'wanted = [("a", "string", "b", "string")]\nout = ApplyMapping.apply(frame=df, mappings=wanted)',
        'wanted = [("a", "string", "b", "string")]\nout = glue_compat.apply_mapping(df, wanted)',
        [("glue_compat.apply_mapping(df, wanted)", "df")],
    ),
    "select fields": (
        'out = SelectFields.apply(frame=df, paths=["id", "name"], transformation_ctx="out")',
        'out = df.select("id", "name")',
        [(', "name"', ""), ('"id"', '"ids"'), ('.select("id", "name")', "")],
    ),
    "drop fields": (
        'out = DropFields.apply(frame=df, paths=["tmp", "address.zip"])',
        'out = df.drop("tmp").withColumn("address", F.col("address").dropFields("zip"))',
        [('.drop("tmp")', ""), ('"tmp"', '"name"'), ("zip", "state")],
    ),
    "rename field": (
        'out = RenameField.apply(frame=df, old_name="id", new_name="order_id")',
        'out = df.withColumnRenamed("id", "order_id")',
        [('"order_id"', '"ids"'), ('.withColumnRenamed("id", "order_id")', "")],
    ),
    "rename chain": (
        'out = df.rename_field("a", "b").rename_field("c", "d")',
        'out = df.withColumnRenamed("a", "b").withColumnRenamed("c", "d")',
        [('.withColumnRenamed("c", "d")', "")],
    ),
    "resolve choice with casts": (
        'out = ResolveChoice.apply(frame=df, specs=[("price", "cast:double"), ("id", "cast:long")], transformation_ctx="out")',
        'out = df.withColumn("price", F.expr("try_cast(price as double)")).withColumn("id", F.col("id").try_cast("bigint"))',
        [
            ("as double", "as int"),
            ('.withColumn("id", F.col("id").try_cast("bigint"))', ""),
            ('"bigint"', '"int"'),
        ],
    ),
    "resolve choice method through a helper": (
        'df = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://raw/a"]}, "json")\n'
        'out = df.resolveChoice(specs=[("price", "make_cols")])',
        'df = spark.read.json("s3://raw/a")\nout = glue_compat.resolve_choice(df, [("price", "make_cols")])',
        [("price", "cost"), ('glue_compat.resolve_choice(df, [("price", "make_cols")])', "df")],
    ),
    "filter": (
        'out = Filter.apply(frame=df, f=lambda x: x["age"] > 10, transformation_ctx="out")',
        'out = df.filter(F.col("age") > 10)',
        [
            ("> 10", "> 11"),
            ("> 10", ">= 10"),
            ("> 10", "< 10"),
            ('.filter(F.col("age") > 10)', ""),
            ('"age"', '"size"'),
        ],
    ),
    "filter with and, or, null-safe": (
        'out = Filter.apply(frame=df, f=lambda r: r["a"] != "x" and (r["b"] == 1 or r["c"] is None))',
        'out = df.filter(~F.col("a").eqNullSafe("x") & ((F.col("b") == 1) | F.col("c").isNull()))',
        [
            ("~", ""),
            (") | ", ") & "),
            ('"x") & ', '"x") | '),
            ("isNull", "isNotNull"),
            ('"x"', '"y"'),
            ("== 1", "== 2"),
        ],
    ),
    "filter written in SQL": (
        'out = df.filter(f=lambda r: r["a"] != "x" and 5 <= r["b"])',
        "out = df.filter(\"NOT (a <=> 'x') AND b >= 5\")",
        [("b >= 5", "b > 5"), (" AND b >= 5", ""), ("'x'", "'y'"), (" AND ", " OR ")],
    ),
    "filter of attributes and lists": (
        'out = Filter.apply(frame=df, f=lambda r: r.state in ["NY", "CA"] and r.zip != "0")',
        'out = df.filter(F.col("state").isin("NY", "CA") & (F.col("zip") != "0"))',
        [(', "CA"', ""), ('F.col("state").isin("NY", "CA") & ', "")],
    ),
    "filter with a function": (
        'def grown_up(r):\n    return r["age"] >= limit\n\n\nlimit = 18\nout = Filter.apply(frame=df, f=grown_up)',
        'limit = 18\nout = df.filter(F.col("age") >= limit)',
        [('.filter(F.col("age") >= limit)', ""), ("limit)", "18)"), ('"age"', '"size"')],
    ),
    "map with a function": (
        'def shout(r):\n    r["name"] = r["name"].upper()\n    return r\n\n\nout = Map.apply(frame=df, f=shout)',
        'def shout(r):\n    r["name"] = r["name"].upper()\n    return r\n\n\nout = glue_compat.map_rows(df, shout, schema)',
        [("glue_compat.map_rows(df, shout, schema)", "df"), ("upper", "lower"), ("df, shout,", "df, None,")],
    ),
    "map written out": (
        'def shout(r):\n    r["name"] = r["name"].upper()\n    return r\n\n\nout = df.map(f=shout)',
        'out = df.withColumn("name", F.upper(F.col("name")))',
        [('.withColumn("name", F.upper(F.col("name")))', ""), ("F.upper", "F.lower")],
    ),
    "join": (
        'out = Join.apply(a, b, ["id", "day"], ["order_id", "day"])',
        'out = a.join(b, (F.col("a.id") == F.col("b.order_id")) & (a["day"] == b["day"]), "inner")',
        [(' & (a["day"] == b["day"])', ""), ("a.join(b,", "a.filter("), ("b.order_id", "b.id")],
    ),
    "join by method": (
        'out = a.join(paths1=["id"], paths2=["id"], frame2=b).drop_fields(["tmp"])',
        'out = a.join(b, on="id", how="inner").drop("tmp")',
        [('a.join(b, on="id", how="inner")', "a"), ('.drop("tmp")', ""), ('"id"', '"day"'), ("(b,", "(a,")],
    ),
    "drop null fields": (
        'df = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://raw/a"]}, "json")\n'
        'out = DropNullFields.apply(frame=df, transformation_ctx="out")',
        'df = spark.read.json("s3://raw/a")\nout = glue_compat.drop_null_fields(df)',
        [("glue_compat.drop_null_fields(df)", "df")],
    ),
    "split fields": (
        'parts = SplitFields.apply(frame=df, paths=["a", "b"], name1="left", name2="right")',
        'parts = {"left": df.select("a", "b"), "right": df.drop("a", "b")}',
        [('"left"', '"lift"'), (', "right": df.drop("a", "b")', ""), ('"a", "b"', '"a"')],
    ),
    "split rows": (
        'parts = SplitRows.apply(frame=df, comparison_dict={"id": {">": 10, "<": 90}}, name1="mid", name2="rest")',
        'mid = F.coalesce((F.col("id") > 10) & (F.col("id") < 90), F.lit(False))\n'
        'parts = {"mid": df.filter(mid), "rest": df.filter(~mid)}',
        [("> 10", "> 11"), ('(F.col("id") > 10) & ', ""), ('"rest"', '"others"')],
    ),
    "select from a collection": (
        'left = SelectFromCollection.apply(dfc=parts, key="left", transformation_ctx="left")',
        'left = parts["left"]',
        [('"left"]', '"right"]'), ("parts[", "others[")],
    ),
    "relationalize": (
        'dfc = Relationalize.apply(frame=df, staging_path=args["TempDir"], name="root", transformation_ctx="dfc")\n'
        'root = dfc.select("root")',
        'dfc = glue_compat.relationalize(df, "root")\nroot = dfc["root"]',
        [('"root")', '"base")'), ('glue_compat.relationalize(df, "root")', "{}")],
    ),
    "unbox": (
        'out = Unbox.apply(frame=df, path="payload", format="json")',
        'out = df.withColumn("payload", F.from_json("payload", schema))',
        [('.withColumn("payload", F.from_json("payload", schema))', ""), ("payload", "body")],
    ),
    "union": (
        'out = a.union(b, transformation_ctx="out")',
        "out = a.unionByName(b, allowMissingColumns=True)",
        [("a.unionByName(b, allowMissingColumns=True)", "a"), ("(b,", "(c,")],
    ),
    "merge": (
        'out = a.mergeDynamicFrame(b, ["id", "day"])',
        'keys = ["id", "day"]\n'
        'out = b.unionByName(a.join(b.select(keys).distinct(), keys, "left_anti"), allowMissingColumns=True)',
        [(', "day"', ""), ('"left_anti"', '"left"')],
    ),
    "to and from a DataFrame": (
        'df = dyf.toDF().withColumn("day", to_date("ts")).dropDuplicates(["id"])\n'
        'out = DynamicFrame.fromDF(df, glueContext, "out")',
        'df = dyf.withColumn("day", to_date("ts")).dropDuplicates(["id"])\nout = df',
        [
            ('.dropDuplicates(["id"])', ""),
            ('"day", to_date', '"days", to_date'),
            ("to_date", "to_timestamp"),
            ("out = df", "out = None"),
        ],
    ),
    "fromDF inlined": (
        'df = src.toDF().limit(3)\nout = SelectFields.apply(frame=DynamicFrame.fromDF(df, glueContext, "x"), paths=["id"])',
        'df = src.limit(3)\nout = df.select("id")',
        [(".limit(3)", ""), ("limit(3)", "limit(4)"), ("df.select", "src.select")],
    ),
    "studio SQL": (
        "def sparkSqlQuery(glueContext, query, mapping, transformation_ctx) -> DynamicFrame:\n"
        "    for alias, frame in mapping.items():\n        frame.toDF().createOrReplaceTempView(alias)\n"
        "    result = spark.sql(query)\n    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)\n\n\n"
        'out = sparkSqlQuery(glueContext, query="select id from src where x = 1", mapping={"src": df}, transformation_ctx="out")',
        'df.createOrReplaceTempView("src")\nout = spark.sql("select id from src where x = 1")',
        [("x = 1", "x = 2"), ('df.createOrReplaceTempView("src")\n', ""), (" where x = 1", "")],
    ),
    "business logic beside Glue": (
        'rate = load_rate("eur")\nout = enrich(df.toDF(), rate * 1.19)\nnotify(out.count())',
        'rate = load_rate("eur")\nout = enrich(df, rate * 1.19)\nnotify(out.count())',
        [
            ("notify(out.count())", ""),
            ("1.19", "1.16"),
            ('load_rate("eur")', "1"),
            ("enrich(df, rate * 1.19)", "df"),
            ('"eur"', '"usd"'),
        ],
    ),
    "loop over tables": (
        'for table in ["a", "b"]:\n    df = glueContext.create_dynamic_frame.from_catalog(database="sales", '
        'table_name=table, transformation_ctx=table + "ctx")\n    print(table, df.count())',
        'for table in ["a", "b"]:\n    df = spark.read.table(f"main.sales.{table}")\n    print(table, df.count())',
        [
            ('["a", "b"]', '["a"]'),
            ("{table}", "orders"),
            ("main.sales", "main.stage"),
            ("    print(table, df.count())", ""),
        ],
    ),
}

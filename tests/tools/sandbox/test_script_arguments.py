from glue2lakehouse.tools.sandbox.script_arguments import connection_names


def test_connections_are_found_wherever_glue_takes_their_names() -> None:
    text = """
WAREHOUSE = "Redshift DW"
glueContext.write_dynamic_frame.from_jdbc_conf(frame, "first", connection_options={"dbtable": "t"})
glueContext.write_dynamic_frame.from_jdbc_conf(frame=frame, catalog_connection=WAREHOUSE)
glueContext.extract_jdbc_conf("third")
read(connection_options={"useConnectionProperties": "true", "dbtable": "t", "connectionName": "fourth"})
other.from_jdbc_conf(frame, computed())
"""
    assert connection_names(text) == ["first", "Redshift DW", "third", "fourth"]

"""The functions and constructs of Hive and Athena queries that give the same rows on Databricks, or fail loudly there.

Everything that is not listed here is a finding. Not listed on purpose, because the value silently differs:
Hive `hash` (another hash), `greatest`, `least` (NULL there wins), `add_months` (keeps the last day of a month there),
`get_json_object` (looks into arrays there), `initcap`, `percentile*` (`hive_text` rewrites `size`, `stddev` and a few more);
Athena `json_extract`, `json_parse` (no JSON type), `format`, `repeat` (an array there), `xxhash64`, `at_timezone`; what
`athena_functions` writes anew is listed there.

Hive: LanguageManual UDF. Athena engine v3: Trino functions. Databricks: sql-ref-functions-builtin, ANSI mode on.
"""

HIVE_FUNCTIONS = frozenset(
    "count sum avg min max coalesce nvl concat concat_ws lower upper lcase ucase trim ltrim rtrim length substr substring"
    " abs floor ceil ceiling round pow power exp ln log log2 log10 sin cos tan asin acos atan sign signum pi degrees"
    " radians year month day dayofmonth hour minute second quarter weekofyear to_date datediff date_add date_sub "
    " last_day next_day months_between current_date current_timestamp if isnull isnotnull nullif array map struct"
    " named_struct str_to_map split regexp_replace regexp_extract instr locate lpad rpad reverse repeat space explode"
    " posexplode inline stack collect_set collect_list row_number rank dense_rank percent_rank cume_dist ntile"
    " lag lead first_value last_value stddev_pop var_pop covar_pop corr pmod hex unhex md5"
    " sha sha1 sha2 crc32 translate levenshtein soundex parse_url map_keys map_values"
    " sort_array unix_timestamp from_utc_timestamp to_utc_timestamp find_in_set substring_index encode decode"
    " bin conv date extract char_length character_length octet_length shiftleft shiftright factorial cbrt e grouping exists rollup cube sets chr"
    " from_unixtime date_format trunc percentile".split()
)
ATHENA_FUNCTIONS = frozenset(
    "count sum min max coalesce nullif if lower upper length concat replace strpos reverse lpad rpad abs"
    " round power sqrt exp mod year month day hour minute second quarter week current_date current_timestamp now"
    " row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value count_if bool_and bool_or"
    " every max_by min_by stddev stddev_samp stddev_pop variance var_samp var_pop corr covar_pop covar_samp concat_ws"
    " regexp_like regexp_replace contains array_distinct array_join transform filter map map_keys map_values unnest date"
    " date_parse date_format split exists grouping rollup cube sets avg from_iso8601_timestamp from_iso8601_date day_of_month"
    " day_of_year doy week_of_year year_of_week last_day_of_month slice sequence array_position array_intersect array_except"
    " array_union arrays_overlap array_remove starts_with position translate levenshtein_distance is_nan sin cos tan asin acos"
    " atan atan2 degrees radians pi e cbrt sign bool_or bitwise_and bitwise_or bitwise_xor bitwise_not regexp_count"
    " regexp_extract_all regexp_split url_decode url_encode md5 to_hex to_utf8 random rand uuid listagg nth_value"
    " zip_with map_filter map_entries map_from_entries transform_keys transform_values".split()
)
# Words that stand before a parenthesis without being a function.
KEYWORDS = frozenset(
    "in and or not on as over by values select from where when then else case union all intersect except join using into"
    " table partition with having exists any some between like rlike regexp is set exists filter within group distinct"
    " overwrite unnest lateral view interval order sort cluster distribute cast try_cast decimal varchar char array map row"
    " numeric timestamp explain limit offset insert outer inner left right full cross end create null matched on minus"
    " ties rows range only mapjoin streamtable tablesample".split()
)
HIVE_NODES = frozenset(
    "Select From Join Where Group Having Order Ordered Sort Distribute Cluster Limit Subquery Union Intersect Except"
    " With CTE TableAlias Table Column Identifier Alias Aliases Star Literal Boolean Null Paren Tuple And Or Not EQ NEQ GT"
    " GTE LT LTE NullSafeEQ Is In Between Like RegexpLike Add Sub Mul Div IntDiv Mod Neg Case If Window WindowSpec Cast"
    " TryCast DataType DataTypeParam ColumnDef Lateral Explode Posexplode Inline Distinct Dot Bracket Var Insert Partition"
    " MultitableInserts Values Interval Hint Anonymous Exists Rollup Cube GroupingSets Hour Minute Second Merge Update"
    " Delete When Whens DPipe BitwiseAnd BitwiseOr BitwiseXor BitwiseNot AnonymousAggFunc Schema PropertyEQ Placeholder"
    " JoinHint Offset ForClause Returning Where Dot Stack JSONPath JSONPathRoot JSONPathKey JSONPathSubscript IntervalSpan".split()
)
ATHENA_NODES = (
    HIVE_NODES | frozenset("Fetch Unnest Filter NullSafeNEQ Lambda IgnoreNulls RespectNulls Escape AtTimeZone".split())
) - frozenset("Lateral Hint Sort Distribute Cluster".split())
VIRTUAL_COLUMNS = frozenset(
    "grouping__id input__file__name block__offset__inside__file row__id row__offset__inside__block raw__data__size"
    " $path $bucket $file_size $file_modified_time $partition".split()
)

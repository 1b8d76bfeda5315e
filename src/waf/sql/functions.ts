/**
 * Functions of MySQL, PostgreSQL, T-SQL, Oracle and SQLite, in lower case. A name counts as one of them only where
 * an opening bracket follows it.
 */
import { wordSet } from '../words.ts';

/** Functions whose use in a request has hardly another reason than an attack. */
export const TELLING_FUNCTIONS = wordSet(`
  sleep benchmark pg_sleep pg_sleep_for pg_sleep_until
  user_lock.sleep get_lock release_lock master_pos_wait source_pos_wait
  wait_for_executed_gtid_set
  extractvalue updatexml xmltype name_const gtid_subset gtid_subtract st_latfromgeohash st_longfromgeohash
  st_pointfromgeohash
  load_file pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file lo_import lo_export lo_get lo_from_bytea
  load_extension readfile writefile fts3_tokenizer randomblob zeroblob sqlite_version
  sys_eval sys_exec sys_get sys_set lib_mysqludf_sys_info
  httpuritype dburitype
  sys.fn_sqlvarbasetostr
  sys.database_name sys_context master.dbo.fn_varbintohexstr fn_varbintohexstr
  openrowset opendatasource openquery fn_xe_file_target_read_file fn_get_audit_file fn_trace_gettable
  sys.xp_dirtree is_srvrolemember suser_sname suser_name db_name
  serverproperty databasepropertyex
  dblink dblink_connect dblink_send_query query_to_xml database_to_xml table_to_xml cursor_to_xml xpath_table
  pg_terminate_backend pg_reload_conf pg_backend_pid inet_server_addr
  make_set
`);

/** All the others that payloads are built of. */
export const FUNCTIONS = wordSet(`
  geometrycollection multipoint multipolygon multilinestring linestring polygon edit analyse user_name
  host_name object_name object_id col_name col_length schema_name is_member has_dbaccess current_setting group_concat
  abs acos addtime adddate aes_decrypt aes_encrypt age any_value array_agg array_length array_to_string ascii asciistr
  asin atan atan2 avg
  bin bin_to_uuid bit_and bit_count bit_length bit_or bit_xor bitand
  cast cbrt ceil ceiling changes char char_length character_length charindex charset chr coalesce coercibility
  collation compose compress concat concat_ws connection_id conv convert convert_from convert_to convert_tz cos cot count
  crc32 cume_dist curdate current_database current_date current_role current_schema current_schemas
  current_time current_timestamp current_user curtime cbool ccur cdate cdbl cint clng csng cstr cvar choose
  database datalength date date_add date_format date_part date_sub date_trunc dateadd datediff datename datepart
  day dayname dayofmonth dayofweek dayofyear dcount decode decrypt default degrees dense_rank des_decrypt des_encrypt
  difference digest dlookup dump
  elt empty_blob encode encrypt eomonth exists exp export_set extract
  field file_name filegroup_name find_in_set first_value floor format format_type found_rows from_base64 from_days
  from_unixtime
  generate_series get_bit get_byte getdate getutcdate glob greatest grouping
  has_schema_privilege has_table_privilege hashbytes hex hextoraw hextoint hour
  ident_current ifnull iif ilike inet6_aton inet_aton inet_ntoa initcap insert instr interval intersects is_free_lock
  is_used_lock isdate isnull isnumeric
  json_agg json_array json_build_object json_contains json_depth json_each json_extract json_keys json_length
  json_object json_query json_search json_tree json_type json_valid json_value jsonb_agg jsonb_build_object jsonb_pretty jsonb_extract_path json_array_elements json_each_text
  lag last_day last_insert_id last_insert_rowid last_value lcase lead least left len length lengthb like likelihood
  likely unlikely likelihood listagg ln localtime localtimestamp locate log log10 log2 lower lpad ltrim
  make_date makedate maketime max md5 microsecond mid min minute mod month monthname months_between
  nchar newid next_day now nth_value ntile nullif numtodsinterval nvl nvl2
  object_definition oct octet_length old_password ord overlay
  parsename password patindex period_add period_diff pi position pow power printf pg_client_encoding
  pg_get_userbyid pg_typeof
  quarter quote quotename quote_ident quote_literal
  radians raise_application_error rand random rank rawtohex regexp_count regexp_instr regexp_like regexp_matches
  regexp_replace regexp_split_to_table regexp_substr regexp_substring repeat replace replicate reverse right round row
  row_count row_number row_to_json rowcount rownum rpad rtrim
  schema scope_identity sec_to_time second session_user setseed sha sha1 sha2 sha256 sign similarity sin soundex space
  split_part sqrt square stddev str str_to_date strcmp string_agg string_split strpos starts_with stuff subdate substr substrb
  substring substring_index subtime sum switch sysdate sysdatetime system_user sqlcode
  tan time time_format time_to_sec timediff timestamp timestampadd timestampdiff to_base64 to_binary to_char to_clob
  to_date to_days to_hex to_json to_lob to_nchar to_number to_seconds to_timestamp total_changes translate trim trunc
  truncate try_cast try_convert typeof type_name type_id
  ucase uid uncompress unhex unicode unistr unix_timestamp unlikely unnest upper user userenv utc_date utc_time
  utc_timestamp uuid uuid_short
  validate_password_strength values var_pop variance version
  week weekday weekofyear weight_string
  xml xmlagg xmlattributes xmlconcat xmlelement xmlforest xmlroot xmlserialize xmlparse xpath xmlquery
  year yearweek
`);

/** Values that are called without brackets, and Oracle's table of one row. */
export const SYSTEM_NAMES = wordSet(`
  current_user current_database current_schema current_catalog current_role session_user system_user
  current_timestamp current_date current_time localtime localtimestamp sysdate systimestamp rownum rowid
  user dual uid
`);

/** Tables and schemas of catalogues; of a dotted name the first part is looked up too. */
export const CATALOGUES = wordSet(`
  information_schema performance_schema mysql.user mysql.db mysql.innodb_table_stats mysql.help_topic mysql.proc
  pg_catalog pg_shadow pg_user pg_tables pg_class pg_database pg_authid pg_roles pg_namespace pg_attribute pg_proc
  pg_stat_activity pg_settings pg_largeobject pg_user_mappings pg_group pg_views pg_type pg_stat_database
  sqlite_master sqlite_schema sqlite_temp_master sqlite_sequence pragma_table_info
  sysobjects syscolumns sysdatabases sysusers sysxlogins syslogins sysprocesses sysservers sysfiles systypes
  syscomments sysmembers master..sysdatabases master..syslogins
  sys.objects sys.tables sys.databases sys.columns sys.syslogins sys.sql_logins sys.server_principals sys.schemas
  sys.sysobjects sys.syscolumns sys.schema_table_statistics sys.x$schema_flattened_keys sys.user$ sys.user_tables
  sys.all_tables sys.configurations sys.dm_exec_connections sys.dm_exec_sessions sys.dm_os_file_exists
  sys.procedures sys.views sys.types sys.indexes sys.partitions sys.sysusers sys.sysdatabases
  all_tables all_tab_columns all_tab_cols all_users all_objects all_views all_source all_catalog all_synonyms
  user_tables user_tab_columns user_tab_cols user_objects user_users user_catalog user_views user_role_privs
  user_sys_privs user_source user_procedures
  dba_users dba_tables dba_tab_columns dba_objects dba_role_privs dba_sys_privs dba_data_files
  v$version v$database v$instance v$session v$parameter v$sql gv$instance global_name product_component_version
  session_privs session_roles
  msysobjects msysaccessobjects msysaces msysqueries msysrelationships msysmodules
  rdb$database rdb$relations rdb$fields rdb$relation_fields rdb$user_privileges mon$database
  sysibm syscat sysibmadm sysstat
  domain.tables systables
`);

/** Variables behind `@@` that tell about the server. */
export const SYSTEM_VARIABLES = wordSet(`
  version version_comment version_compile_os version_compile_machine microsoftversion servername servicename
  hostname port socket basedir datadir tmpdir plugin_dir secure_file_priv general_log_file log_error slow_query_log_file
  global session local sql_mode innodb_version language langid dbts spid rowcount trancount identity error
  max_connections max_allowed_packet connections cpu_busy idle io_busy pack_received pack_sent procid options
  have_ssl have_symlink character_set_database collation_database license read_only server_id server_uuid
`);

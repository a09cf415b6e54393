/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

/* What a URL may name beside the query. A name ending in '*' is a prefix; the first line that fits counts.
   Settings that name files or lift the read-only state are not in it. */
static const struct {
	struct str name;
	enum setting_rule rule;
} rules[] = {
	{{"query", 5}, SETTING_IGNORED},
	{{"database", 8}, SETTING_IGNORED},
	{{"default_format", 14}, SETTING_IGNORED},
	{{"user", 4}, SETTING_IGNORED},
	{{"password", 8}, SETTING_IGNORED},
	{{"readonly", 8}, SETTING_IGNORED},
	{{"quota_key", 9}, SETTING_IGNORED},
	{{"session_id", 10}, SETTING_IGNORED},
	{{"session_timeout", 15}, SETTING_IGNORED},
	{{"session_check", 13}, SETTING_IGNORED},
	{{"query_id", 8}, SETTING_IGNORED},
	{{"role", 4}, SETTING_IGNORED},
	{{"stacktrace", 10}, SETTING_IGNORED},
	{{"buffer_size", 11}, SETTING_IGNORED},
	{{"wait_end_of_query", 17}, SETTING_IGNORED},
	{{"enable_http_compression", 23}, SETTING_IGNORED},
	{{"http_zlib_compression_level", 27}, SETTING_IGNORED},
	{{"http_headers_progress_interval_ms", 33}, SETTING_IGNORED},
	{{"send_progress_in_http_headers", 29}, SETTING_IGNORED},
	{{"cancel_http_readonly_queries_on_client_close", 44}, SETTING_IGNORED},
	{{"add_http_cors_header", 20}, SETTING_IGNORED},
	{{"client_protocol_version", 23}, SETTING_IGNORED},
	{{"log_queries", 11}, SETTING_IGNORED},
	{{"param_*", 7}, SETTING_IGNORED},
	{{"format_schema*", 14}, SETTING_REFUSED},
	{{"format_template*", 16}, SETTING_REFUSED},
	{{"max_*", 5}, SETTING_TAKEN},
	{{"insert_deduplicat*", 18}, SETTING_TAKEN},
	{{"deduplicate_blocks_*", 20}, SETTING_TAKEN},
	{{"async_insert", 12}, SETTING_TAKEN},
	{{"wait_for_async_insert", 21}, SETTING_TAKEN},
	{{"mutations_sync", 14}, SETTING_TAKEN},
	{{"alter_sync", 10}, SETTING_TAKEN},
	{{"extremes", 8}, SETTING_TAKEN},
	{{"result_overflow_mode", 20}, SETTING_TAKEN},
	{{"read_overflow_mode", 18}, SETTING_TAKEN},
	{{"timeout_overflow_mode", 21}, SETTING_TAKEN},
	{{"group_by_overflow_mode", 22}, SETTING_TAKEN},
	{{"limit", 5}, SETTING_TAKEN},
	{{"offset", 6}, SETTING_TAKEN},
	{{"join_use_nulls", 14}, SETTING_TAKEN},
	{{"session_timezone", 16}, SETTING_TAKEN},
	{{"date_time_*", 11}, SETTING_TAKEN},
	{{"output_format_*", 15}, SETTING_TAKEN},
	{{"input_format_*", 14}, SETTING_TAKEN},
	{{"format_*", 8}, SETTING_TAKEN},
	{{"allow_experimental_*", 20}, SETTING_TAKEN},
	{{"optimize_*", 10}, SETTING_TAKEN},
};

enum setting_rule setting_rule(struct str name)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct str pattern = rules[i].name;
		bool prefix = pattern.ptr[pattern.len - 1] == '*';

		if (prefix ? str_starts(name, str_head(pattern, pattern.len - 1)) : str_eq(name, pattern))
			return rules[i].rule;
	}
	return SETTING_REFUSED;
}

static void add_quoted(struct buf *buf, struct str text, char quote)
{
	buf_add_char(buf, quote);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == quote || c == '\\')
			buf_add_char(buf, '\\');
		if (c == 0)
			buf_add_str(buf, STR("\\0"));
		else
			buf_add_char(buf, c);
	}
	buf_add_char(buf, quote);
}

void add_literal(struct buf *buf, struct str text)
{
	add_quoted(buf, text, '\'');
}

void add_identifier(struct buf *buf, struct str text)
{
	add_quoted(buf, text, '`');
}

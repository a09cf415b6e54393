/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules except, exceptions, unexcept: Sigma filters in DATA/rules/exceptions. */
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "bin/rules_call.h"
#include "rules/exception.h"

#define FILE_SIZE_MAX (1024 * 1024)

/* -- from the command line ----------------------------------------------------------------------------- */

static int read_where(const struct rules_call *call, struct exception *exception)
{
	const char *text;
	size_t cursor = 0;

	while ((text = argument_next(call->arguments, "where", &cursor))) {
		const char *equals = strchr(text, '=');

		if (!equals || equals == text || !str_is_utf8(str_from(text)))
			return usage_error(call->command, "--where takes FIELD=VALUE, not '%s'", text);
		if (exception->where_count == EXCEPTION_WHERE_MAX)
			return usage_error(call->command, "--where is given more than %d times",
					   EXCEPTION_WHERE_MAX);
		exception->where[exception->where_count].field = str_of(text, (size_t)(equals - text));
		exception->where[exception->where_count++].value = str_from(equals + 1);
	}
	return exception->where_count
		       ? EXIT_OK
		       : usage_error(call->command, "say what is excepted: --where FIELD=VALUE");
}

static int read_exception(const struct rules_call *call, struct exception *exception)
{
	struct err err = {0};
	int64_t expires;
	int status = read_where(call, exception);

	if (status == EXIT_OK)
		status = rules_needs(call, "author", EXCEPTION_AUTHOR_MAX, &exception->author);
	if (status == EXIT_OK)
		status = rules_needs(call, "reason", RULE_REASON_MAX, &exception->reason);
	if (status == EXIT_OK)
		status = rules_needs(call, "expires", 64, &exception->expires);
	if (status == EXIT_OK && clock_parse(exception->expires, 0, &expires) < 0)
		status = usage_error(call->command, "--expires takes a date such as 2027-03-01, or RFC 3339");
	if (status == EXIT_OK && exception_check_end(expires, &err) < 0)
		status = usage_error(call->command, "%s", err.message);
	return status;
}

static int read_rules(struct rules_call *call, const struct ruleset *set, struct exception *exception)
{
	struct err err = {0};
	const char *word;

	while ((word = rules_operand(call))) {
		size_t index;
		int status = rules_find(call, set, word, &index);

		if (status != EXIT_OK)
			return status;
		if (exception->rule_count == EXCEPTION_RULES_MAX)
			return usage_error(call->command, "more than %d rules are named",
					   EXCEPTION_RULES_MAX);
		if (exception_check_rule(ruleset_info(set, index), &err) < 0)
			return command_failed_err(call->command, &err);
		exception->rules[exception->rule_count++] = ruleset_info(set, index);
	}
	return exception->rule_count ? EXIT_OK : usage_error(call->command, "except needs the id of a rule");
}

/* -- writing --------------------------------------------------------------------------------------------- */

static int write_exception(const struct rules_call *call, struct rule_edit *edit, const char *file,
			   struct str text)
{
	struct ruleset *set = NULL;
	struct err err = {0};
	size_t count = 0;
	int r = exception_check(file, text, &set, &err);

	if (r == 0)
		r = exception_add(edit, ruleset_filter(set, 0), text, &count, &err);
	if (r >= 0)
		printf("exception %.*s holds for %zu rule%s\n", STR_FMT(ruleset_filter(set, 0)->id), count,
		       count == 1 ? "" : "s");
	if (r >= 0)
		ruleset_free(set);
	return rules_edit_status(call, edit, r, &err);
}

static int except_file(struct rules_call *call, struct rule_edit *edit, const char *file)
{
	struct buf text = {0};
	int status = rules_no_more(call), r = io_read_file(file, FILE_SIZE_MAX, &text);

	if (status == EXIT_OK && r < 0)
		status = command_failed(call->command, "%s: %s", file, err_text(r));
	if (status == EXIT_OK)
		status = write_exception(call, edit, file, buf_str(&text));
	buf_done(&text);
	return status;
}

static int except_words(struct rules_call *call, struct rule_edit *edit)
{
	struct exception *exception = arena_struct(call->arena, struct exception);
	struct buf text = {0};
	int status = read_exception(call, exception);

	if (status == EXIT_OK)
		status = read_rules(call, edit->set, exception);
	if (status != EXIT_OK)
		return status;
	exception_make_id(exception->id);
	exception->title = str_from(argument_value(call->arguments, "title", ""));
	exception_format(exception, &text);
	status = write_exception(call, edit, "the exception", buf_str(&text));
	buf_done(&text);
	return status;
}

int rules_except(struct rules_call *call)
{
	const char *file = argument_value(call->arguments, "file", NULL);
	struct rule_edit edit;
	int status = rules_edit_begin(call, &edit);

	if (status != EXIT_OK)
		return status;
	status = file ? except_file(call, &edit, file) : except_words(call, &edit);
	rules_edit_done(&edit);
	return status;
}

/* -- listing and taking back ---------------------------------------------------------------------------- */

static void print_filter(const struct rules_call *call, const struct filter_info *filter, struct buf *line)
{
	char expires[CLOCK_TEXT_SIZE] = "never";

	if (filter->expires != FILTER_NEVER)
		clock_format(filter->expires, expires);
	if (!call->json) {
		printf("%-36.*s  %-10.10s  %-12s  %5u  ", STR_FMT(filter->id), expires,
		       exception_state(filter, clock_now()), filter->applied);
		rules_column(filter->author, 16);
		printf("  %.*s\n", STR_FMT(filter->title));
		return;
	}
	rules_json_text(line, "id", filter->id);
	rules_json_text(line, "title", filter->title);
	rules_json_text(line, "state", str_from(exception_state(filter, clock_now())));
	rules_json_text(line, "expires", str_from(expires));
	rules_json_text(line, "author", filter->author);
	rules_json_text(line, "reason", filter->description);
	rules_json_texts(line, "rules", filter->rules, filter->rule_count);
	rules_json_key(line, "any");
	buf_add_str(line, filter->any ? STR("true") : STR("false"));
	rules_json_key(line, "applied");
	buf_printf(line, "%u", filter->applied);
	rules_json_text(line, "file", filter->file);
	rules_json_print(line);
}

int rules_exceptions(struct rules_call *call)
{
	struct rules_all all;
	struct buf line = {0};
	int status = rules_no_more(call);

	if (status == EXIT_OK)
		status = rules_all_load(call, &all);
	if (status != EXIT_OK)
		return status;
	if (!call->json)
		printf("%-36s  %-10s  %-12s  %5s  %-16s  %s\n", "ID", "EXPIRES", "STATE", "RULES", "AUTHOR",
		       "TITLE");
	for (size_t i = 0; i < ruleset_filter_count(all.set); i++)
		print_filter(call, ruleset_filter(all.set, i), &line);
	buf_done(&line);
	rules_all_done(&all);
	return EXIT_OK;
}

int rules_unexcept(struct rules_call *call)
{
	struct str reason = str_trim(str_from(argument_value(call->arguments, "reason", "")));
	const char *word = rules_operand(call);
	struct rule_edit edit;
	struct err err = {0};
	int status = word ? rules_no_more(call)
			  : usage_error(call->command, "unexcept needs the id of an exception");
	int r;

	if (status == EXIT_OK)
		status = rules_edit_begin(call, &edit);
	if (status != EXIT_OK)
		return status;
	r = exception_remove(&edit, str_from(word), reason, &err);
	if (r == ERR_END)
		status = command_failed(call->command,
					"there is no exception '%s'; 'wanglou rules exceptions' shows all",
					word);
	else
		status = rules_edit_status(call, &edit, r, &err);
	if (status == EXIT_OK)
		printf("exception %s is taken back\n", word);
	rules_edit_done(&edit);
	return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/rules_call.h"

#include <string.h>

#include "base/clock.h"
#include "bin/command_audit.h"

#define PREFIX_LEAST 6 /* of an id */

const char *rules_operand(struct rules_call *call)
{
	return argument_next(call->arguments, NULL, &call->cursor);
}

int rules_no_more(struct rules_call *call)
{
	const char *word = rules_operand(call);

	return word ? usage_error(call->command, "too many words: '%s'", word) : EXIT_OK;
}

static void print_refusal(void *context, const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	(void)context;
	err_format(err, text, sizeof(text));
	fprintf(stderr, "%s\n", text);
}

int rules_all_load(const struct rules_call *call, struct rules_all *all)
{
	int r = rules_load_all(&call->paths, print_refusal, NULL, &all->set, &all->settings);

	return r < 0 ? command_failed(call->command, "%s: %s; say where with --content", call->paths.own,
				      err_text(r))
		     : EXIT_OK;
}

void rules_all_done(struct rules_all *all)
{
	settings_done(&all->settings);
	ruleset_free(all->set);
}

int rules_find(const struct rules_call *call, const struct ruleset *set, const char *word, size_t *ret_index)
{
	struct str wanted = str_from(word);
	size_t found = 0, count = 0;

	for (size_t i = 0; i < ruleset_count(set); i++) {
		const struct rule_info *info = ruleset_info(set, i);

		if (str_ieq(info->id, wanted)) {
			*ret_index = i;
			return EXIT_OK;
		}
		if ((info->name.len && str_eq(info->name, wanted)) ||
		    (wanted.len >= PREFIX_LEAST && str_ieq(str_head(info->id, wanted.len), wanted))) {
			found = i;
			count++;
		}
	}
	if (count > 1)
		return command_failed(call->command, "%zu rules are called '%s'; give the whole id", count,
				      word);
	if (count == 0)
		return command_failed(call->command, "there is no rule '%s'; 'wanglou rules list' shows all",
				      word);
	*ret_index = found;
	return EXIT_OK;
}

/* -- changing ------------------------------------------------------------------------------------------ */

/* Says why not by itself; the edit's own words would only repeat it. */
static int record_change(void *context, const char *action, struct str object, struct str detail)
{
	const struct rules_call *call = context;

	return rules_edit_record(call, action, object, detail) == EXIT_OK ? 0 : ERR_DENIED;
}

int rules_edit_begin(const struct rules_call *call, struct rule_edit *edit)
{
	struct rule_edit_options options = {
		.paths = &call->paths,
		.record = record_change,
		.context = (void *)call,
		.report = print_refusal,
	};
	struct err err = {0};
	char *author = arena_alloc(call->arena, COMMAND_PERSON_SIZE);

	command_person(author);
	options.author = str_from(author);
	return rule_edit_begin(edit, &options, &err) < 0 ? command_failed_err(call->command, &err) : EXIT_OK;
}

void rules_edit_done(struct rule_edit *edit)
{
	rule_edit_done(edit);
}

int rules_edit_status(const struct rules_call *call, const struct rule_edit *edit, int r,
		      const struct err *err)
{
	(void)edit;
	if (r == ERR_DENIED && !err->message[0])
		return EXIT_FAILED;
	return r < 0 ? command_failed_err(call->command, err) : EXIT_OK;
}

int rules_edit_record(const struct rules_call *call, const char *action, struct str object, struct str detail)
{
	return command_audit(call->command, &call->config, AUDIT_MUST, action, object, detail);
}

int rules_needs(const struct rules_call *call, const char *option, size_t max, struct str *ret_text)
{
	struct str text = str_trim(str_from(argument_value(call->arguments, option, "")));

	if (text.len == 0 || text.len > max || !str_is_utf8(text))
		return usage_error(call->command, "--%s must be given, with 1 to %zu bytes of text", option,
				   max);
	*ret_text = text;
	return EXIT_OK;
}

/* -- saying -------------------------------------------------------------------------------------------- */

void rules_json_key(struct buf *line, const char *key)
{
	buf_add_char(line, line->len ? ',' : '{');
	buf_add_json_string(line, str_from(key));
	buf_add_char(line, ':');
}

void rules_json_text(struct buf *line, const char *key, struct str value)
{
	rules_json_key(line, key);
	buf_add_json_string(line, value);
}

void rules_json_texts(struct buf *line, const char *key, const struct str *values, size_t count)
{
	rules_json_key(line, key);
	buf_add_char(line, '[');
	for (size_t i = 0; i < count; i++) {
		buf_add_str(line, i ? STR(",") : STR(""));
		buf_add_json_string(line, values[i]);
	}
	buf_add_char(line, ']');
}

void rules_json_print(struct buf *line)
{
	buf_add_str(line, line->len ? STR("}\n") : STR("{}\n"));
	fwrite(line->ptr, 1, line->len, stdout);
	buf_clear(line);
}

void rules_column(struct str text, unsigned columns)
{
	unsigned used = 0;
	size_t at = 0;

	while (at < text.len) {
		unsigned char c = (unsigned char)text.ptr[at];
		size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
		unsigned wide =
			c >= 0xe1 ? 2 : 1; /* near enough: what is beyond U+1000 is mostly East Asian */

		if (used + wide > columns || at + len > text.len)
			break;
		used += wide;
		at += len;
	}
	fwrite(text.ptr, 1, at, stdout);
	printf("%*s", (int)(columns - used), "");
}

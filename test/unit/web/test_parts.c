/* SPDX-License-Identifier: Apache-2.0 */
/* JSON as the console writes it, certificates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "web/private.h"

static void test_json_out(void **state)
{
	struct buf out = {0};
	json_t *parsed;

	(void)state;
	out_open(&out, NULL, '{');
	out_text(&out, "a", STR("\"}{[,\n\x01\xff"));
	out_optional(&out, "none", STR(""));
	out_open(&out, "list", '[');
	out_integer(&out, NULL, -1);
	out_bool(&out, NULL, true);
	out_open(&out, NULL, '{');
	out_close(&out, '}');
	out_number(&out, NULL, 0.0 / 0.0);
	out_close(&out, ']');
	out_json(&out, "b", STR("{}"));
	out_time(&out, "t", 0);
	out_close(&out, '}');
	assert_string_equal(buf_cstr(&out),
			    "{\"a\":\"\\\"}{[,\\n\\u0001\xef\xbf\xbd\",\"list\":[-1,true,{},0],\"b\":{},"
			    "\"t\":\"1970-01-01T00:00:00.000000Z\"}");
	parsed = json_loadb(out.ptr, out.len, 0, NULL);
	assert_non_null(parsed);
	json_decref(parsed);
	buf_done(&out);
}

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/wl-web-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void read_all(const char *path, struct buf *out)
{
	buf_clear(out);
	assert_int_equal(io_read_file(path, 65536, out), 0);
	buf_cstr(out);
}

static void test_certificate(void **state)
{
	char first[TLS_FINGERPRINT_SIZE], path[100], other[100];
	struct web_options options = {.data = folder};
	struct err err = {0};
	struct stat status;
	struct tls_pair tls;
	struct buf pem = {0};

	(void)state;
	assert_int_equal(tls_load(&options, &tls, &err), 0);
	strcpy(first, tls.fingerprint);
	assert_int_equal(strlen(first), 95);
	tls_pair_done(&tls);
	snprintf(path, sizeof(path), "%s/tls.pem", folder);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(tls_load(&options, &tls, &err), 0); /* kept */
	assert_string_equal(first, tls.fingerprint);
	tls_pair_done(&tls);

	/* the operator's two files; here both parts are in each, as some authorities deliver them */
	snprintf(other, sizeof(other), "%s/operator.pem", folder);
	read_all(path, &pem);
	assert_int_equal(io_replace_file(other, pem.ptr, pem.len, 0600), 0);
	unlink(path);
	assert_int_equal(tls_load(&options, &tls, &err), 0); /* made anew */
	assert_string_not_equal(first, tls.fingerprint);
	tls_pair_done(&tls);
	options.tls_certificate = other;
	options.tls_key = other;
	assert_int_equal(tls_load(&options, &tls, &err), 0);
	assert_string_equal(first, tls.fingerprint);
	tls_pair_done(&tls);
	options.tls_key = path; /* of another certificate */
	assert_int_equal(tls_load(&options, &tls, &err), ERR_SYNTAX);
	assert_non_null(strstr(err.message, "does not belong"));
	assert_int_equal(io_replace_file(other, "nonsense", 8, 0600), 0);
	assert_int_equal(tls_load(&options, &tls, &err), ERR_SYNTAX);
	options.tls_certificate = "/nonexistent";
	assert_int_equal(tls_load(&options, &tls, &err), -2);
	buf_done(&pem);
}

/* A damaged file of ours is an error that names it, not a reason to replace what may be the operator's. */
static void test_damaged_certificate_is_kept(void **state)
{
	struct web_options options = {.data = folder};
	char path[100];
	struct err err = {0};
	struct tls_pair tls;
	struct buf kept = {0};

	(void)state;
	snprintf(path, sizeof(path), "%s/tls.pem", folder);
	assert_int_equal(io_replace_file(path, "damaged", 7, 0600), 0);
	assert_int_equal(tls_load(&options, &tls, &err), ERR_SYNTAX);
	assert_non_null(strstr(err.message, path));
	read_all(path, &kept);
	assert_string_equal(kept.ptr, "damaged");
	buf_done(&kept);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_out),
		CASE(test_certificate),
		CASE(test_damaged_certificate_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

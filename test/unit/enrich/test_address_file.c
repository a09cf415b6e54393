/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/enrich.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "event/ip.h"
#include "mmdb_maker.h"

static const struct mmdb_entry flat[] = {
	{"1.0.0.0/8", "country_code", "NL"}, {"2400::/12", "country_code", "CN"}, {0}};
static const struct mmdb_entry networks[] = {
	{"1.0.0.0/8", "autonomous_system_organization", "Example Networks B.V.", 64500}, {0}};

/* In memory: it is written some thousand times. */
static char path[32];
static int path_fd;

static int open_bytes(const struct buf *bytes, enum address_fact wanted, struct address_file **ret_file,
		      struct err *ret_err)
{
	assert_int_equal(ftruncate(path_fd, 0), 0);
	assert_true(lseek(path_fd, 0, SEEK_SET) == 0);
	assert_int_equal(io_write(path_fd, bytes->ptr, bytes->len), 0);
	return address_file_open(path, wanted, ret_file, ret_err);
}

/* Refused with that code and words; what is there is not freed twice. */
static void refused(const struct buf *bytes, enum address_fact wanted, int code, const char *words)
{
	struct address_file *file = NULL;
	struct err err = {0};

	assert_int_equal(open_bytes(bytes, wanted, &file, &err), code);
	assert_null(file);
	assert_string_equal(err.file, path);
	if (!strstr(err.message, words))
		fail_msg("'%s' is not in: %s", words, err.message);
}

static void test_opened(void **state)
{
	struct address_file *file = NULL;
	struct buf bytes = {0};
	struct err err = {0};

	(void)state;
	mmdb_make(flat, &bytes);
	assert_int_equal(open_bytes(&bytes, ADDRESS_COUNTRY, &file, &err), 0);
	assert_int_equal(address_file_made(file), 0x6a000000);
	address_file_close(file);
	refused(&bytes, ADDRESS_NETWORK, ERR_UNKNOWN, "holds no networks");
	buf_clear(&bytes);
	mmdb_make(networks, &bytes);
	refused(&bytes, ADDRESS_COUNTRY, ERR_UNKNOWN, "holds no countries");
	buf_done(&bytes);
	address_file_close(NULL);
}

static void test_no_database(void **state)
{
	struct address_file *file = NULL;
	struct buf bytes = {0};
	struct err err = {0};

	(void)state;
	assert_int_equal(address_file_open("/nowhere/at/all", ADDRESS_COUNTRY, &file, &err), -ENOENT);
	assert_string_equal(err.file, "/nowhere/at/all");
	refused(&bytes, ADDRESS_COUNTRY, ERR_UNKNOWN, "no MaxMind DB");
	buf_add_str(&bytes, STR("<html>404 Not Found</html>"));
	refused(&bytes, ADDRESS_COUNTRY, ERR_UNKNOWN, "no MaxMind DB");
	buf_done(&bytes);
}

/* What a download leaves behind that broke off: the description stands at the end. Or lost bytes in the
 * middle. */
static void test_cut(void **state)
{
	struct buf bytes = {0}, cut = {0};
	size_t tree;

	(void)state;
	tree = mmdb_make(flat, &bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		struct address_file *file = NULL;
		struct err err = {0};

		buf_clear(&cut);
		buf_add(&cut, bytes.ptr, len);
		assert_true(open_bytes(&cut, ADDRESS_COUNTRY, &file, &err) < 0);
		assert_true(err.message[0]);
	}
	buf_clear(&cut);
	buf_add(&cut, bytes.ptr, tree / 2);
	buf_add(&cut, bytes.ptr + tree + 16, bytes.len - tree - 16);
	refused(&cut, ADDRESS_COUNTRY, ERR_CORRUPT, "damaged");
	buf_done(&cut);
	buf_done(&bytes);
}

/* A record that leads nowhere, and values that lie about their size, their depth and where they lead. */
static void test_damaged(void **state)
{
	static const struct {
		const char *bytes;
		int code;
	} values[] = {
		{"\x5f\xff\xff\xff", ERR_CORRUPT}, /* a text of 16 MiB */
		{"\x3f\xff\xff\xff", ERR_CORRUPT}, /* a pointer far behind the end */
		{"\xff\xff\xff\xff", ERR_CORRUPT}, /* a map of 16 million members */
		{"\x07\x00", ERR_CORRUPT},         /* no type */
		{"\x01\x09", ERR_CORRUPT},         /* 7 + 9 */
	};
	struct buf bytes = {0};
	size_t tree;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct address_file *file = NULL;
		struct err err = {0};
		int r;

		buf_clear(&bytes);
		tree = mmdb_make(flat, &bytes);
		memcpy(bytes.ptr + tree + 16, values[i].bytes, strlen(values[i].bytes));
		r = open_bytes(&bytes, ADDRESS_COUNTRY, &file, &err);
		if (r != values[i].code)
			fail_msg("value %zu: %d %s", i, r, err.message);
	}
	buf_clear(&bytes);
	mmdb_make(flat, &bytes);
	memset(bytes.ptr, 0xff, 3);
	refused(&bytes, ADDRESS_COUNTRY, ERR_CORRUPT, "damaged");
	buf_done(&bytes);
}

/* Lists in lists without end would take the library's stack: in the data, and in the description. */
static void test_deep(void **state)
{
	struct buf bytes = {0}, deep = {0};
	size_t tree;

	(void)state;
	for (int i = 0; i < 60000; i++)
		buf_add(&deep, "\x01\x04", 2);
	buf_add_char(&deep, '\x40');

	tree = mmdb_make(flat, &bytes);
	buf_add_str(&deep, str_of(bytes.ptr + tree + 16, bytes.len - tree - 16));
	bytes.len = tree + 16;
	buf_add_str(&bytes, buf_str(&deep));
	refused(&bytes, ADDRESS_COUNTRY, ERR_LIMIT, "damaged");

	buf_clear(&bytes);
	buf_add_str(&bytes, STR("\xab\xcd\xefMaxMind.com\xe1"));
	mmdb_text(&bytes, "unknown");
	buf_add_str(&bytes, str_of(deep.ptr, 120001));
	refused(&bytes, ADDRESS_COUNTRY, ERR_LIMIT, "description");
	buf_done(&deep);
	buf_done(&bytes);
}

/* Every byte changed in turn: refused, or harmless. */
static void test_flipped(void **state)
{
	struct buf bytes = {0};
	unsigned opened = 0;

	(void)state;
	mmdb_make(flat, &bytes);
	for (size_t i = 0; i < bytes.len; i++) {
		struct address_file *file = NULL;
		struct enricher *enricher;
		struct arena *arena = arena_new(0);
		struct event event;
		struct err err = {0};

		bytes.ptr[i] ^= (char)(1 + i * 37 % 255);
		if (open_bytes(&bytes, ADDRESS_COUNTRY, &file, &err) == 0) {
			opened++;
			enricher = enricher_new(&(struct enrich_tables){.countries = file, .networks = file});
			event_init(&event, arena);
			event_set_text(&event, FIELD_ID_SOURCE_IP, STR("1.2.3.4"));
			event_set_text(&event, FIELD_ID_DESTINATION_IP, STR("2400:3200::1"));
			enricher_run(enricher, &event);
			enricher_free(enricher);
			address_file_close(file);
		}
		bytes.ptr[i] ^= (char)(1 + i * 37 % 255);
		arena_free(arena);
	}
	assert_true(opened < bytes.len);
	buf_done(&bytes);
}

/* Whoever replaces the file does not disturb who has it open. */
static void test_cut_while_open(void **state)
{
	struct address_file *file = NULL;
	struct arena *arena = arena_new(0);
	struct enricher *enricher;
	struct buf bytes = {0};
	struct event event;
	struct err err = {0};

	(void)state;
	mmdb_make(flat, &bytes);
	assert_int_equal(open_bytes(&bytes, ADDRESS_COUNTRY, &file, &err), 0);
	assert_int_equal(ftruncate(path_fd, 0), 0);
	enricher = enricher_new(&(struct enrich_tables){.countries = file});
	event_init(&event, arena);
	event_set_text(&event, FIELD_ID_SOURCE_IP, STR("1.2.3.4"));
	enricher_run(enricher, &event);
	assert_true(str_eq(event_text(&event, FIELD_ID_SOURCE_GEO_COUNTRY), STR("NL")));
	enricher_free(enricher);
	address_file_close(file);
	buf_done(&bytes);
	arena_free(arena);
}

static void test_shipped(void **state)
{
	const char *shipped = address_file_shipped();
	struct address_file *file = NULL;
	struct arena *arena = arena_new(0);
	struct enricher *enricher;
	struct event event;
	struct err err = {0};
	struct str country;

	(void)state;
	if (access(shipped, R_OK) < 0) {
		arena_free(arena);
		skip();
	}
	assert_int_equal(address_file_open(shipped, ADDRESS_COUNTRY, &file, &err), 0);
	enricher = enricher_new(&(struct enrich_tables){.countries = file});
	event_init(&event, arena);
	event_set_text(&event, FIELD_ID_SOURCE_IP, STR("1.1.1.1"));
	event_set_text(&event, FIELD_ID_DESTINATION_IP, STR("2400:3200::1"));
	enricher_run(enricher, &event);
	country = event_text(&event, FIELD_ID_SOURCE_GEO_COUNTRY);
	assert_int_equal(country.len, 2);
	assert_true(str_eq(event_text(&event, FIELD_ID_DESTINATION_GEO_COUNTRY), STR("CN")));
	enricher_free(enricher);
	address_file_close(file);
	arena_free(arena);
}

static int make_file(void **state)
{
	(void)state;
	path_fd = memfd_create("mmdb", MFD_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", path_fd);
	return path_fd < 0;
}

static int remove_file(void **state)
{
	(void)state;
	return close(path_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opened),  cmocka_unit_test(test_no_database),
		cmocka_unit_test(test_cut),     cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_deep),    cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_shipped), cmocka_unit_test(test_cut_while_open),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/enrich.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "mmdb_maker.h"

struct fixture {
	struct address_file *countries, *networks;
	struct enricher *enricher;
	struct arena *arena;
	struct event event;
};

static const struct mmdb_entry networks[] = {{"1.0.0.0/8", "autonomous_system_organization",
					      "An Operator With a Name of More Than 29 Bytes", 4200000001},
					     {"2400::/12", "autonomous_system_organization", "Named alone"},
					     {0}};

/* All the world but 3.0.0.0/8, so that nothing special is unknown by chance. */
static const struct mmdb_entry flat[] = {
	{"0.0.0.0/7", "country_code", "NL"},   {"2.0.0.0/8", "country_code", "DE"},
	{"3.0.0.0/8", "country_code", "zz"},   {"4.0.0.0/6", "country_code", "AA"},
	{"8.0.0.0/5", "country_code", "ZZ"},   {"16.0.0.0/4", "country_code", "SG"},
	{"32.0.0.0/3", "country_code", "US"},  {"64.0.0.0/2", "country_code", "US"},
	{"128.0.0.0/1", "country_code", "JP"}, {"2000::/3", "country_code", "CN"},
	{"8000::/1", "country_code", "XX"},    {0}};
static const struct mmdb_entry nested[] = {{"1.0.0.0/8", "country.iso_code", "NL"},
					   {"2.0.0.0/8", "registered_country.iso_code", "DE"},
					   {"3.0.0.0/8", "country.names", "FR"},
					   {"2000::/3", "country.iso_code", "CN"},
					   {0}};

static struct address_file *open_entries(const struct mmdb_entry *entries, enum address_fact wanted)
{
	char path[] = "/tmp/wanglou-mmdb.XXXXXX";
	struct address_file *file = NULL;
	struct buf bytes = {0};
	struct err err = {0};
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	mmdb_make(entries, &bytes);
	assert_int_equal(io_write(fd, bytes.ptr, bytes.len), 0);
	if (address_file_open(path, wanted, &file, &err) < 0)
		fail_msg("%s", err.message);
	close(fd);
	unlink(path);
	buf_done(&bytes);
	return file;
}

static void begin(struct fixture *fixture, const struct mmdb_entry *countries,
		  const struct mmdb_entry *of_networks)
{
	*fixture = (struct fixture){.arena = arena_new(0)};
	if (countries)
		fixture->countries = open_entries(countries, ADDRESS_COUNTRY);
	if (of_networks)
		fixture->networks = open_entries(of_networks, ADDRESS_NETWORK);
	fixture->enricher = enricher_new(
		&(struct enrich_tables){.countries = fixture->countries, .networks = fixture->networks});
}

static void end(struct fixture *fixture)
{
	enricher_free(fixture->enricher);
	address_file_close(fixture->countries);
	address_file_close(fixture->networks);
	arena_free(fixture->arena);
}

static void is(const struct event *event, enum field_id id, const char *wanted)
{
	struct str text = event_text(event, id);

	if (!str_eq(text, str_from(wanted)))
		fail_msg("%s is '%.*s', not '%s'", field_info(id)->name.ptr, STR_FMT(text), wanted);
}

/* wanted "": the field stays away. */
static void country_is(struct fixture *fixture, const char *address, const char *wanted)
{
	for (int again = 0; again < 2; again++) { /* looked up, remembered */
		event_init(&fixture->event, fixture->arena);
		event_set_text(&fixture->event, FIELD_ID_SOURCE_IP, str_from(address));
		event_set_text(&fixture->event, FIELD_ID_DESTINATION_IP, str_from(address));
		enricher_run(fixture->enricher, &fixture->event);
		is(&fixture->event, FIELD_ID_SOURCE_GEO_COUNTRY, wanted);
		is(&fixture->event, FIELD_ID_DESTINATION_GEO_COUNTRY, wanted);
		assert_int_equal(event_get(&fixture->event, FIELD_ID_SOURCE_GEO_COUNTRY) != NULL,
				 *wanted != 0);
	}
}

static void test_layouts(void **state)
{
	struct fixture fixture;

	(void)state;
	begin(&fixture, flat, NULL);
	country_is(&fixture, "1.2.3.4", "NL");
	country_is(&fixture, "::ffff:1.2.3.4", "NL");
	country_is(&fixture, "2.255.255.255", "DE");
	country_is(&fixture, "3.0.0.1", ""); /* no code, whatever it says */
	country_is(&fixture, "5.0.0.1", "AA");
	country_is(&fixture, "8.8.8.8", "ZZ");
	country_is(&fixture, "2400:3200::1", "CN");
	end(&fixture);
	begin(&fixture, nested, NULL);
	country_is(&fixture, "1.2.3.4", "NL");
	country_is(&fixture, "2.2.3.4", "DE");
	country_is(&fixture, "3.2.3.4", "");
	country_is(&fixture, "4.2.3.4", ""); /* not in the file */
	country_is(&fixture, "2400:3200::1", "CN");
	end(&fixture);
}

static void test_not_public(void **state)
{
	static const char *const addresses[] = {"10.0.0.1",    "127.0.0.1",   "169.254.0.1", "192.168.1.1",
						"203.0.113.7", "224.0.0.251", "0.0.0.0",     "2001:db8::1",
						"fe80::1",     "ff02::1",     "::1",         "::"};
	struct fixture fixture;

	(void)state;
	begin(&fixture, flat, NULL);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		country_is(&fixture, addresses[i], "");
	end(&fixture);
}

/* What the source says stays; where there is no address nothing is said. */
static void test_source_knows(void **state)
{
	struct fixture fixture;
	struct event *event = &fixture.event;

	(void)state;
	begin(&fixture, flat, networks);
	event_init(event, fixture.arena);
	event_set_text(event, FIELD_ID_SOURCE_IP, STR("1.2.3.4"));
	event_set_text(event, FIELD_ID_DESTINATION_IP, STR("2.2.3.4"));
	event_set_text(event, FIELD_ID_SOURCE_GEO_COUNTRY, STR("SE"));
	event_set_text(event, FIELD_ID_SOURCE_AS_NUMBER, STR("64999"));
	event_set_text(event, FIELD_ID_DESTINATION_GEO_COUNTRY, STR("NO"));
	enricher_run(fixture.enricher, event);
	is(event, FIELD_ID_SOURCE_GEO_COUNTRY, "SE");
	is(event, FIELD_ID_DESTINATION_GEO_COUNTRY, "NO");
	is(event, FIELD_ID_SOURCE_AS_NUMBER, "64999");
	is(event, FIELD_ID_SOURCE_AS_NAME, "");
	event_init(event, fixture.arena);
	event_set_text(event, FIELD_ID_OBSERVER_IP, STR("1.2.3.4"));
	enricher_run(fixture.enricher, event);
	assert_int_equal(event->field_count, 1);
	end(&fixture);
}

static void test_networks(void **state)
{
	struct fixture fixture;
	struct event *event = &fixture.event;

	(void)state;
	begin(&fixture, NULL, networks);
	event_init(event, fixture.arena);
	event_set_text(event, FIELD_ID_SOURCE_IP, STR("1.2.3.4"));
	enricher_run(fixture.enricher, event);
	assert_int_equal(event_get(event, FIELD_ID_SOURCE_AS_NUMBER)->integer, 4200000001);
	is(event, FIELD_ID_SOURCE_AS_NUMBER, "4200000001");
	is(event, FIELD_ID_SOURCE_AS_NAME, "An Operator With a Name of More Than 29 Bytes");
	is(event, FIELD_ID_SOURCE_GEO_COUNTRY, "");
	event_init(event, fixture.arena);
	event_set_text(event, FIELD_ID_SOURCE_IP, STR("2400:3200::1"));
	enricher_run(fixture.enricher, event);
	assert_null(event_get(event, FIELD_ID_SOURCE_AS_NUMBER));
	is(event, FIELD_ID_SOURCE_AS_NAME, "Named alone");
	end(&fixture);
}

/* More addresses than are remembered, in two rounds: none gets another's country. */
static void test_many(void **state)
{
	static const char *const countries[] = {"NL", "NL", "DE", "", "AA", "AA", "AA", "AA"};
	struct fixture fixture;
	char address[32];

	(void)state;
	begin(&fixture, flat, NULL);
	for (int round = 0; round < 2; round++)
		for (unsigned i = 0; i < 20000; i++) {
			unsigned first = 1 + i % 7;

			snprintf(address, sizeof(address), "%u.%u.%u.%u", first, i % 251, i / 256 % 256,
				 i % 256);
			event_init(&fixture.event, fixture.arena);
			event_set_text(&fixture.event, FIELD_ID_SOURCE_IP, str_from(address));
			enricher_run(fixture.enricher, &fixture.event);
			is(&fixture.event, FIELD_ID_SOURCE_GEO_COUNTRY, countries[first]);
			arena_reset(fixture.arena);
		}
	end(&fixture);
}

/* Neighbours that are remembered in the same place are not taken for one another. */
static void test_neighbours(void **state)
{
	static const struct mmdb_entry halves[] = {
		{"20.0.0.0/21", "country_code", "SE"}, {"20.0.8.0/21", "country_code", "NO"}, {0}};
	struct fixture fixture;
	char address[32];

	(void)state;
	begin(&fixture, halves, NULL);
	for (int round = 0; round < 2; round++)
		for (unsigned i = 0; i < 4096; i++) {
			snprintf(address, sizeof(address), "20.0.%u.%u", i / 256, i % 256);
			country_is(&fixture, address, i < 2048 ? "SE" : "NO");
		}
	end(&fixture);
}

static void test_corrected(void **state)
{
	static const char *const bad[] = {
		"2001:da8::/32", "2001:da8::/32=cn",          "2001:da8::/32=CHN", "=CN",
		"x=CN",          "1.0.0.0/8=CN,2.0.0.0/33=CN"};
	struct fixture fixture;
	struct err err;

	(void)state;
	begin(&fixture, flat, NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(address_file_correct(fixture.countries, bad[i], &err), ERR_SYNTAX);
	country_is(&fixture, "1.2.3.4", "NL");
	assert_int_equal(
		address_file_correct(fixture.countries, " 2.1.0.0/16=SE, 2400::/16 = NO,2.0.0.0/8=FI,", &err),
		0);
	country_is(&fixture, "2.1.2.3", "SE");
	country_is(&fixture, "2.2.2.3", "FI");
	country_is(&fixture, "2400::1", "NO");
	country_is(&fixture, "2401::1", "CN");
	assert_int_equal(address_file_correct(fixture.countries, "", &err), 0);
	end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts),      cmocka_unit_test(test_not_public),
		cmocka_unit_test(test_source_knows), cmocka_unit_test(test_networks),
		cmocka_unit_test(test_corrected),    cmocka_unit_test(test_many),
		cmocka_unit_test(test_neighbours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

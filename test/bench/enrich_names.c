/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nanoseconds of processor time per event that directions, the register of assets, registered domains and
 * user agents cost, one core: bench_enrich_names USER-AGENTS.yaml. An event is made anew each time; what that
 * costs is measured beside it and taken off. The register has 100,000 rows of single addresses.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "enrich/assets.h"
#include "enrich/enrich.h"
#include "event/put.h"

#define EVENTS 100000
#define ROUNDS 7
#define ROWS 100000

struct bench {
	struct arena *arena;
	struct enricher *enricher;
	unsigned distinct;
	enum field_id id;
	const char *format;
	struct str *texts; /* of field id; NULL: addresses */
};

static void set_ip(struct event *event, enum field_id id, uint32_t number)
{
	static const struct value text = {"", 0, VALUE_STRING};
	uint8_t ip[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [13] = (uint8_t)(number >> 16)};

	ip[14] = (uint8_t)(number >> 8);
	ip[15] = (uint8_t)number;
	memcpy(event_set_keyword(event, id, &text)->ip, ip, 16);
}

static double measure(const struct bench *bench, bool enriched)
{
	uint64_t begun = clock_thread();

	for (uint32_t i = 0; i < EVENTS; i++) {
		uint32_t which = i * 2654435761u % bench->distinct;
		struct event event;

		arena_reset(bench->arena);
		event_init(&event, bench->arena);
		if (bench->texts) {
			struct value value = value_string(bench->texts[which]);

			event_set_keyword(&event, bench->id, &value);
		} else {
			set_ip(&event, FIELD_ID_SOURCE_IP, which);
			set_ip(&event, FIELD_ID_DESTINATION_IP, which ^ 1);
		}
		if (enriched)
			enricher_run(bench->enricher, &event);
	}
	return (double)(clock_thread() - begun) / EVENTS;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void run(struct bench *bench, const char *what)
{
	struct arena *texts = arena_new(0);
	double times[ROUNDS];

	bench->texts = bench->format ? arena_array(texts, struct str, bench->distinct) : NULL;
	for (unsigned i = 0; bench->format && i < bench->distinct; i++)
		bench->texts[i] = arena_printf(texts, "%s%u%s",
					       bench->id == FIELD_ID_URL_DOMAIN ? "www" : bench->format, i,
					       bench->id == FIELD_ID_URL_DOMAIN ? bench->format : "");
	for (int round = 0; round < ROUNDS; round++) {
		double bare = measure(bench, false);

		times[round] = measure(bench, true) - bare;
	}
	qsort(times, ROUNDS, sizeof(*times), compare);
	printf("%7.1f ns  %s, %u distinct\n", times[ROUNDS / 2], what, bench->distinct);
	arena_free(texts);
}

static void ignore(void *context, const struct err *err)
{
	(void)context;
	(void)err;
}

static struct assets *load(void)
{
	struct assets *assets = NULL;
	struct buf text = {0};
	struct err err = {0};
	uint64_t begun;

	buf_add_str(&text, STR("address,mac,host,name,unit\n"));
	for (uint32_t i = 0; i < ROWS; i++)
		buf_printf(&text,
			   "10.%u.%u.%u,02:00:%02x:%02x:%02x:01,host%u.example.edu.cn,name %u,unit %u\n",
			   i >> 16, i >> 8 & 255, i & 255, i >> 16, i >> 8 & 255, i & 255, i, i, i % 50);
	begun = clock_thread();
	must(assets_parse(text.ptr, text.len, "bench", 0, ignore, NULL, &assets, &err) == 0);
	printf("%d rows of address, MAC and host read in %.0f ms\n", ROWS,
	       (double)(clock_thread() - begun) / 1e6);
	buf_done(&text);
	return assets;
}

int main(int argc, char **argv)
{
	static const char browser[] =
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
		"Chrome/120.0.0.0 Safari/537.36 Edg/120.0.";
	struct bench bench = {.arena = arena_new(0), .distinct = 1000};
	struct enrich_tables none = {.inside = NULL}, with_inside = none, with_agents = none;
	struct inside *inside = NULL;
	struct agents *agents = NULL;
	struct assets *assets = load();
	struct err err = {0};

	if (agents_load(argc > 1 ? argv[1] : "content/user_agents.yaml", &agents, &err) < 0 ||
	    inside_new("10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7,203.0.113.0/24,2001:db8::/32",
		       &inside, &err) < 0)
		return 1;
	with_inside.inside = inside;
	with_agents.agents = agents;
	bench.enricher = enricher_new(&none);
	run(&bench, "nothing to add: two private addresses");
	bench.enricher = enricher_new(&with_inside);
	run(&bench, "direction");
	bench.enricher = enricher_new(&none);
	enricher_use_assets(bench.enricher, assets);
	for (bench.distinct = 1000; bench.distinct <= 100000; bench.distinct *= 10)
		run(&bench, "assets of two addresses");
	bench.format = ".cs.example.edu.cn";
	bench.id = FIELD_ID_URL_DOMAIN;
	bench.enricher = enricher_new(&none);
	for (bench.distinct = 1000; bench.distinct <= 100000; bench.distinct *= 100)
		run(&bench, "registered domain");
	bench.format = browser;
	bench.id = FIELD_ID_USER_AGENT_ORIGINAL;
	bench.enricher = enricher_new(&with_agents);
	for (bench.distinct = 100; bench.distinct <= 100000; bench.distinct *= 1000)
		run(&bench, "user agent of 130 bytes");
	return 0;
}

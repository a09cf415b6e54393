/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nanoseconds per event that the country of one source address costs, one core: bench_enrich [FILE [ROUNDS]].
 * An event is made anew each time, as it is in a worker; what that costs is measured beside it and taken off.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "enrich/enrich.h"
#include "event/put.h"

#define EVENTS 200000
#define ROUNDS 9

enum address_kind { FEW, REPEATED, CAMPUS, PRIVATE, RANDOM, RANDOM_V6, KINDS };

static const char *const names[KINDS] = {"50 public addresses, repeated",
					 "1,000 public addresses, repeated",
					 "30,000 private addresses, and as many events",
					 "one private address",
					 "random IPv4 addresses",
					 "random IPv6 addresses"};

static uint64_t next(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	return *random ^= *random << 17;
}

static void make(enum address_kind kind, uint64_t *random, uint8_t ip[16])
{
	uint64_t word = next(random);

	memset(ip, 0, 16);
	ip[10] = ip[11] = 0xff;
	memcpy(ip + 12, &word, 4);
	if (kind == FEW || kind == REPEATED) {
		uint32_t spread = (uint32_t)(word % (kind == FEW ? 50 : 1000) + 1) * 2654435761u;

		memcpy(ip + 12, &spread, 4);
	} else if (kind == CAMPUS) {
		uint16_t host = (uint16_t)(word % 30000);

		ip[12] = 10, ip[13] = 20;
		memcpy(ip + 14, &host, 2);
	} else if (kind == PRIVATE) {
		memcpy(ip + 12, "\x0a\x01\x02\x03", 4);
	} else if (kind == RANDOM_V6) {
		memcpy(ip, &word, 8);
		ip[0] = 0x24;
		ip[1] &= 0x0f;
	}
}

/* Nanoseconds of one event; without an enricher what making it costs. */
static double measure(struct enricher *enricher, const uint8_t (*ips)[16], struct arena *arena, size_t *known)
{
	static const struct value text = {"", 0, VALUE_STRING};
	uint64_t begun = clock_thread();

	*known = 0;
	for (size_t i = 0; i < EVENTS; i++) {
		struct event event;

		arena_reset(arena);
		event_init(&event, arena);
		memcpy(event_set_keyword(&event, FIELD_ID_SOURCE_IP, &text)->ip, ips[i], 16);
		if (enricher)
			enricher_run(enricher, &event);
		*known += event.field_count - 1;
	}
	return (double)(clock_thread() - begun) / EVENTS;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : address_file_shipped();
	unsigned rounds = argc > 2 ? (unsigned)atoi(argv[2]) : ROUNDS;
	struct address_file *file = NULL;
	uint8_t(*ips)[16] = calloc(EVENTS, sizeof(*ips));
	double *times = calloc(rounds, sizeof(*times));
	struct arena *arena = arena_new(0);
	uint64_t random = 88172645463325252u, begun = clock_thread();
	struct err err = {0};

	if (address_file_open(path, ADDRESS_COUNTRY, &file, &err) < 0) {
		fprintf(stderr, "%s: %s\n", path, err.message);
		return 1;
	}
	printf("opened and checked in %.1f ms\n", (double)(clock_thread() - begun) / 1e6);
	for (int kind = 0; kind < KINDS; kind++) {
		struct enricher *enricher = enricher_new(&(struct enrich_tables){.countries = file});
		size_t known = 0;

		for (size_t i = 0; i < EVENTS; i++)
			make(kind, &random, ips[i]);
		for (unsigned round = 0; round < rounds; round++) {
			double bare = measure(NULL, ips, arena, &known);

			times[round] = measure(enricher, ips, arena, &known) - bare;
		}
		qsort(times, rounds, sizeof(*times), compare);
		printf("%7.1f ns  %s (%.0f %% have a country)\n", times[rounds / 2], names[kind],
		       100.0 * (double)known / EVENTS);
		enricher_free(enricher);
	}
	address_file_close(file);
	arena_free(arena);
	free(times);
	free(ips);
	return 0;
}

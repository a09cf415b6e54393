/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_REGISTRY_H
#define COVERAGE_REGISTRY_H
/*
 * What the operator says about who should be talking: DATA/coverage.yaml
 * (doc/formats/coverage.md). Read once when analyze starts, immutable after that,
 * shared by all threads. Without the file everything is learnt.
 *
 *	sources:
 *	  - {name: core firewall, peer: 10.0.0.1, source: cef, every: 10}
 *	  - {name: laboratory, peer: 10.9.0.0/16, ignore: true}
 *	relays: [10.0.0.20]
 *	holidays: [2027-01-01, 2027-02-05/2027-02-11]
 *	workdays: [2027-02-14]
 */
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "coverage/tally.h"
#include "event/ip.h"

#define REGISTRY_FILE_MAX (1024 * 1024)
#define REGISTRY_SOURCES_MAX 1024
#define REGISTRY_RELAYS_MAX 64
#define REGISTRY_DAYS_MAX 1024
#define REGISTRY_EVERY_MAX (60 * 24 * 31) /* minutes */

struct registered {
	struct str name;
	struct ip_net peer; /* bits 0: anybody */
	struct str source;  /* of content/sources; empty: any */
	struct str host;    /* behind a relay; empty: any */
	int64_t every;      /* µs: a message at least so often, from any that fit; 0: not asked */
	bool ignore;        /* those that fit are measured, and may be silent */
};

struct registry;

/* An empty one where there is no file. 0, or a negative code with *ret_err filled. */
int registry_load(const char *path, struct registry **ret_registry, struct err *ret_err);
int registry_parse(struct str text, struct registry **ret_registry, struct err *ret_err);
void registry_free(struct registry *registry); /* NULL is fine */

size_t registry_count(const struct registry *registry);
const struct registered *registry_get(const struct registry *registry, size_t index);

/* The first that fits, or -1. */
int registry_find(const struct registry *registry, const struct talker_key *key);

bool registry_is_relay(const struct registry *registry, const uint8_t peer[16]);

/* Whether nobody works on that day (its number since 1970): a weekend or one of holidays, and none of
   workdays. */
bool registry_is_rest(const struct registry *registry, int64_t day);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENRICH_ENRICH_H
#define ENRICH_ENRICH_H
/*
 * What an event does not say itself: country and network operator of its addresses, which of
 * them are our own, whose they are, the registered part of names, what a user agent is.
 * Countries and operators are read from files in the
 * MaxMind DB format 2.0 (maxmind.github.io/MaxMind-DB): the one that is shipped, or
 * the operator's own.
 *
 * A file is copied into memory and checked whole when it is opened, so that nothing
 * anybody does to it later matters before the next start, and no lookup meets damage.
 * An open file never changes: all threads share it. An enricher belongs to one thread;
 * it remembers the addresses it met last, and allocates nothing for an event.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "event/event.h"

#define ADDRESS_FILE_MAX (512ul * 1024 * 1024)

/* What a file may hold; a bit each. */
enum address_fact {
	ADDRESS_COUNTRY = 1, /* country_code, or country.iso_code, or registered_country.iso_code */
	ADDRESS_NETWORK = 2, /* autonomous_system_number, autonomous_system_organization */
};

struct address_file;

/* wanted: what it must have at least once. 0; -errno where it cannot be read; ERR_CORRUPT, ERR_UNKNOWN (it
   holds something else), ERR_LIMIT (too large): with *ret_err filled, the file's name in it. */
int address_file_open(const char *path, enum address_fact wanted, struct address_file **ret_file,
		      struct err *ret_err);

/* Networks whose country is better known: "NET=CC,NET=CC", at most ADDRESS_CORRECTIONS_MAX, the first that
   holds an address counts. Before others see the file. 0; ERR_SYNTAX or ERR_LIMIT with *ret_err filled, and
   then none. */
#define ADDRESS_CORRECTIONS_MAX 256
int address_file_correct(struct address_file *file, const char *list, struct err *ret_err);

void address_file_close(struct address_file *file);

/* Seconds since 1970: when it was made. */
int64_t address_file_made(const struct address_file *file);

/* The shipped file of countries: $WANGLOU_GEO, else as built; may be empty, and may not be there. */
const char *address_file_shipped(void);

/* --- the networks that are one's own ------------------------------------------------------------------- */

#define INSIDE_MAX 1024 /* networks */

struct inside;

/* From "10.0.0.0/8,2001:db8::/32". What never leaves a network (loopback, link-local, multicast) is inside
   too. 0; ERR_SYNTAX or ERR_LIMIT with *ret_err filled. */
int inside_new(const char *list, struct inside **ret_inside, struct err *ret_err);
void inside_free(struct inside *inside); /* NULL is fine */

/* --- user agents (doc/formats/user-agents.md)
 * ------------------------------------------------------------------ */

#define AGENT_MAX 512 /* bytes of a user agent that are looked at */

struct agents;

/* 0, or a negative code with *ret_err filled: file, line and reason. */
int agents_load(const char *path, struct agents **ret_agents, struct err *ret_err);
void agents_free(struct agents *agents); /* NULL is fine */

/* Runs the file's tests; reports those that fail. How many there are. */
size_t agents_test(const struct agents *agents, void (*report)(void *context, const struct err *err),
		   void *context);

/* --- all of it
 * ---------------------------------------------------------------------------------------------- */

/* Shared by all threads, and never changed. Each may be NULL; they outlive the enricher, and the events it
 * touched. */
struct enrich_tables {
	const struct address_file *countries, *networks;
	const struct inside *inside;
	const struct agents *agents;
};

struct enricher *enricher_new(const struct enrich_tables *tables);
void enricher_free(struct enricher *enricher);

/* The register of assets from now on; NULL: none. Takes a reference, and gives up that of the one before,
   which must not be looked at through an earlier event any more. */
struct assets;
void enricher_use_assets(struct enricher *enricher, struct assets *assets);

/* Sets, where the source did not say: geo.country_iso_code, as.number and as.organization.name of source and
   destination where they have public addresses; network.direction; url.registered_domain and
   dns.question.registered_domain; user_agent.name, .os.name and .device.name; asset.name and asset.unit of
   source, destination and host, as the register has them at the event's time. */
void enricher_run(struct enricher *enricher, struct event *event);

#endif

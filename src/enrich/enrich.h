/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENRICH_ENRICH_H
#define ENRICH_ENRICH_H
/*
 * What an event does not say of its addresses: the country of the source and the
 * destination, the operator of the source's network. It is read from files in the
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

/* Either may be NULL; they outlive the enricher, and the events it touched. */
struct enricher *enricher_new(const struct address_file *countries, const struct address_file *networks);
void enricher_free(struct enricher *enricher);

/* Sets source.geo.country_iso_code, source.as.number, source.as.organization.name and
   destination.geo.country_iso_code where the event has a public address there and the source did not say. */
void enricher_run(struct enricher *enricher, struct event *event);

#endif

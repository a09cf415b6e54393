/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENRICH_PRIVATE_H
#define ENRICH_PRIVATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enrich/enrich.h"

/* --- address_check.c: the data part of the format, gone through without reading what it says ----------- */

struct address_check {
	const uint8_t *bytes; /* the section that offsets and pointers count in */
	size_t size;
	uint8_t *seen; /* a bit for each byte: values begun there are checked already; NULL: look again */
	uint64_t left; /* values that may still be looked at, in all */
};

/* The value at offset and all that it points to lies inside, and is not nested so deep or so wide that
   reading it could overflow a stack. 0, ERR_CORRUPT or ERR_LIMIT. */
int address_check_value(struct address_check *check, size_t offset);

/* The same for the description at the file's end, which MMDB_open() reads unasked. ERR_UNKNOWN: there is
 * none. */
int address_check_metadata(const uint8_t *bytes, size_t size);

/* --- address_file.c ------------------------------------------------------------------------------------- */

#define COUNTRY_NONE 0 /* else 1 + 26 × first letter + second */
#define COUNTRY_COUNT (1 + 26 * 26)

struct network {
	uint32_t number;     /* 0: unknown */
	uint16_t name_bytes; /* 0: unknown */
	const char *name;    /* not terminated; as long as the file is open */
};

/* Of an address as event/ip.h has it. */
unsigned address_file_country(const struct address_file *file, const uint8_t ip[16]);
struct network address_file_network(const struct address_file *file, const uint8_t ip[16]);

/* --- inside.c ------------------------------------------------------------------------------------------ */

bool inside_holds(const struct inside *inside, const uint8_t ip[16]);

/* Sets network.direction. */
void inside_run(const struct inside *inside, struct event *event);

/* --- domain.c: one thread's
 * --------------------------------------------------------------------------------- */

struct domains;

struct domains *domains_new(void);
void domains_free(struct domains *domains);

/* In lower case, a part of name or in the arena. False where there is none: an address, a public suffix
 * itself. */
bool domains_registered(struct domains *domains, struct str name, struct arena *arena, struct str *ret_part);

/* Sets url.registered_domain and dns.question.registered_domain. */
void domains_run(struct domains *domains, struct event *event);

/* --- agents.c: one thread's memory of the user agents it met
 * ------------------------------------------------- */

struct agent_memo;

struct agent_memo *agent_memo_new(const struct agents *agents);
void agent_memo_free(struct agent_memo *memo);

/* Sets user_agent.name, .os.name and .device.name. */
void agent_memo_run(struct agent_memo *memo, struct event *event);

/* --- asset_memo.c: one thread's memory of the addresses it asked the register for
 * ---------------------------- */

struct asset_memo;

struct asset_memo *asset_memo_new(void);
void asset_memo_free(struct asset_memo *memo);
void asset_memo_use(struct asset_memo *memo, struct assets *assets); /* may be NULL */

/* Sets source.asset.*, destination.asset.* and host.asset.*. */
void asset_memo_run(struct asset_memo *memo, struct event *event);

#endif

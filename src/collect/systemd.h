/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_SYSTEMD_H
#define COLLECT_SYSTEMD_H
/*
 * The systemd journal, entry by entry, on a thread of its own. A record is a JSON
 * object like that of `journalctl -o json`: all fields as strings, those with
 * several values as arrays of them, those that are no UTF-8 as arrays of numbers.
 * Its first member is __CURSOR.
 *
 * At the very first start it begins an hour back, at most SYSTEMD_FIRST_ENTRIES. The
 * place is kept in a state file, written once the records before it are durable.
 * After a crash the sink's owner is asked for the records durable since; the cursor
 * of the last of them is the place, so that nothing is lost or repeated. A damaged
 * state is told of and left: reading begins at the end.
 *
 * libsystemd reads the files. It trusts them more than we trust the network: a folder
 * named should be one that only journald or root can write to.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "collect/sink.h"

#define SYSTEMD_FIRST_ENTRIES 10000
#define SYSTEMD_FIELDS_MAX 512                /* of an entry; the rest is left out */
#define SYSTEMD_VALUE_MAX ((size_t)64 * 1024) /* bytes of a field's value; the rest is cut */
#define SYSTEMD_CURSOR_MAX 512                /* bytes */

/* --- systemd_format.c --- */

struct systemd_entry {
	struct str cursor;
	uint64_t realtime, monotonic; /* µs */
	const struct str *fields;     /* "NAME=value", in any order */
	size_t count;
};

/* Adds the JSON object, at most COLLECT_RECORD_MAX bytes: fields that do not fit are left out. True where
   something was cut or left out. */
bool systemd_format(const struct systemd_entry *entry, struct buf *out);

/* The cursor of a record that systemd_format() made; empty where it is none. */
struct str systemd_cursor_of(struct str record);

/* --- systemd.c --- */

struct systemd;

typedef void systemd_visit(void *context, struct str bytes);

struct systemd_options {
	const char *place; /* "system" or a folder of journal files */
	const char *state; /* the state file */

	/* Calls visit for every durable record of LISTENER_JOURNALD above seq, in order. 0 or a negative
	 * code. */
	int (*since)(void *context, uint64_t seq, systemd_visit *visit, void *visit_context);
	/* Told once of each trouble. */
	void (*notice)(void *context, const char *path, int code);
	void *context;
};

/* Opens the journal and finds the place. 0, also where there is no such journal yet: it is told of and looked
   for again. The texts of options must live as long; sink is copied. */
int systemd_new(const struct systemd_options *options, const struct collect_sink *sink,
		struct systemd **ret_systemd);

/* Stops, waits a moment until what was appended is durable, and keeps the place. NULL is fine. */
void systemd_free(struct systemd *systemd);

/* Starts the thread; -errno. */
int systemd_start(struct systemd *systemd);

/* What the thread does, about once a second: reads what is new. True where there is more to read. */
bool systemd_pass(struct systemd *systemd);

struct systemd_stats {
	uint64_t records, bytes, truncated, refused;
};
void systemd_stats(const struct systemd *systemd, struct systemd_stats *ret_stats); /* any thread */

#endif

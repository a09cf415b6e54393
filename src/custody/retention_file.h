/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CUSTODY_RETENTION_FILE_H
#define CUSTODY_RETENTION_FILE_H
/*
 * Where the policy of retention.h comes from: the classes of
 * content/retention.yaml, and the overrides, one JSON object a line in
 * DATA/journal/overrides:
 *
 *	{"made":"2026-11-22T08:30:00.000000Z","until":"2026-12-31T00:00:00.000000Z","days":90,"size_gib":0,
 *	 "user":"li","reason":"the disk array is late"}
 *	{"made":…,"end":true,"user":…,"reason":…}                             ends all before it
 *
 * The file counts only where the owner of DATA/journal owns it and nobody else can
 * write it: with the processes' users that is root, so that none of them can allow
 * itself a deletion. 'wanglou audit override' writes it, behind an audit record.
 */
#include "base/arena.h"
#include "base/err.h"
#include "custody/retention.h"

#define OVERRIDES_FILE_MAX (1024 * 1024)
#define OVERRIDE_REASON_MAX 200

/* The classes of a text; the policy's class 0 is filled already. */
int retention_classes_parse(struct str text, struct arena *arena, struct retention_policy *policy,
			    struct err *ret_err);

/* What is in force at a time. *ret_ever, which may be NULL, is true where there ever was one. No file: none.
   A file that does not count, or a line that cannot be read: an error, and nothing is in force. */
int retention_overrides_read(const char *path, int64_t now, struct retention_override *ret_override,
			     bool *ret_ever, struct err *ret_err);
int retention_overrides_parse(struct str text, int64_t now, struct retention_override *ret_override,
			      bool *ret_ever, struct err *ret_err);

struct retention_order {
	int64_t made, until;
	bool end;
	long days, size_gib; /* 0: not given */
	struct str user, reason;
};

/* Appends a line, durably. */
int retention_overrides_add(const char *path, const struct retention_order *order, struct err *ret_err);

#endif

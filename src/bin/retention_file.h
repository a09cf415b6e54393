/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RETENTION_FILE_H
#define BIN_RETENTION_FILE_H
/*
 * Where the policy of retention.h comes from: the settings, the classes of
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
#include "bin/config.h"
#include "bin/retention.h"

#define OVERRIDES_FILE "journal/overrides"
#define OVERRIDES_FILE_MAX (1024 * 1024)
#define OVERRIDE_REASON_MAX 200

/* Names live in arena. ret_err names the file and the place. */
int retention_policy_load(const struct config *config, struct arena *arena,
			  struct retention_policy *ret_policy, struct err *ret_err);

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

/* At start: ERR_DENIED where a class is to be kept for less than the law asks for and nobody ever allowed it.
   An override that has run out keeps nobody from starting: 180 days hold again. */
int retention_check(const struct config *config, struct arena *arena, struct err *ret_err);

#endif

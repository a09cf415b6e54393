/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_AUDIT_OPEN_H
#define BIN_AUDIT_OPEN_H
/*
 * What the words of 'wanglou audit' that read the archive have in common: the
 * place, its heads and keys and those given with --heads and --key, and how
 * problems are printed.
 */
#include "audit/heads.h"
#include "audit/place.h"
#include "audit/range.h"
#include "bin/audit_words.h"
#include "bin/progress.h"
#include "journal/crypt.h"

struct audit_open {
	struct audit_call *call;
	const char *path; /* as given; the configured data folder where none is */
	bool configured;  /* it is that one */
	bool json;
	uint64_t problems; /* findings told through report */
	struct audit_place place;
	const struct journal_key *key;
	struct journal_key key_given;
	struct audit_heads heads;
	struct audit_segments segments;
	struct audit_report report;
	struct progress progress;
};

/* Options for the table of cmd_audit.c. */
#define AUDIT_OPEN_OPTIONS                                                                  \
	{"heads", "FILE", "signed heads kept elsewhere; may be given again"},               \
		{"key", "FILE", "public key they must be signed with; may be given again"}, \
		{"journal-key", "FILE", "where PATH is encrypted: its key file"},           \
		{"journal-passphrase", "FILE", "the same: the file with its passphrase"},   \
	{                                                                                   \
		"json", NULL, "print JSON, one object a line"                               \
	}

/* path may be NULL. EXIT_OK, or the reason is on standard error; audit_open_done() in any case. A package's
   own heads are not read here. what: for the progress bar, "checking". */
int audit_open(struct audit_call *call, const char *path, const char *what, struct audit_open *open);
void audit_open_done(struct audit_open *open);

/* Sorts and checks the heads, and opens the segments. Not for packages. */
int audit_open_archive(struct audit_open *open);

/* Records in the audit trail that the configured archive is looked at, while the system runs: to look at an
   archive at rest must not change it. */
int audit_open_record(struct audit_open *open, const char *action, struct str object);

/* "2026-11-22T08:30:00.123456Z", or null. */
void audit_json_time(struct buf *json, const char *name, int64_t time);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_HEADS_H
#define AUDIT_HEADS_H
/*
 * The signed heads an archive is compared with: those that lie beside it, and
 * those kept elsewhere, which are what counts against somebody who could write
 * here. Each signature is checked when its file is read. About 120 bytes a head
 * are kept; its text is read from its file again when it is wanted.
 */
#include "audit/problem.h"
#include "base/vec.h"
#include "tlog/head.h"

#define AUDIT_KEYS_MAX 32
#define AUDIT_FILES_MAX 65535
#define AUDIT_HEADS_MAX (8u * 1024 * 1024) /* one a minute for 15 years */

enum audit_signature {
	AUDIT_SIGNED,  /* by a key that counts */
	AUDIT_UNKNOWN, /* by none of them */
	AUDIT_FALSE,   /* in the name of one of them, falsely */
};

struct audit_head {
	struct tlog_head head;
	uint64_t offset; /* of its text in its file */
	uint16_t file, length;
	uint8_t signature; /* enum audit_signature */
	bool given;        /* kept elsewhere */
};

struct audit_key {
	struct tlog_key *key;
	char *path;
	bool given;
	bool counts; /* where keys are given, only these do */
};

struct audit_heads {
	VEC_OF(struct audit_head); /* by size, once sorted */
	struct {
		VEC_OF(char *)
	} files;
	struct audit_key keys[AUDIT_KEYS_MAX];
	size_t key_count;
	bool any_given;   /* of the keys */
	uint64_t damaged; /* pieces of files that are no heads */
};

/* A zeroed struct is an empty one. */
void audit_heads_done(struct audit_heads *heads);

/* Keys come before heads. Where one is given, those found beside the archive count no more. */
int audit_heads_add_key(struct audit_heads *heads, const char *path, bool given, struct err *ret_err);

/* The same for a key of a package: never one that was given. */
int audit_heads_add_key_text(struct audit_heads *heads, struct str pem, const char *name,
			     struct err *ret_err);

/* Takes what is in folder: key-*.pem, then heads-*.txt. A folder that is not there holds nothing. Problems of
   single files are told, not returned. */
int audit_heads_add_folder(struct audit_heads *heads, const char *folder, const struct audit_report *report,
			   struct err *ret_err);

/* A file of notes. */
int audit_heads_add_file(struct audit_heads *heads, const char *path, bool given,
			 const struct audit_report *report, struct err *ret_err);

/* The same for a text in memory, as a package has it; name is what the file is called. */
int audit_heads_add_text(struct audit_heads *heads, struct str text, const char *name, bool given,
			 const struct audit_report *report, struct err *ret_err);

/* Sorts them, and tells what is wrong with them by themselves. node may be NULL: then the newest's is taken.
 */
void audit_heads_check(struct audit_heads *heads, const uint8_t *node, const struct audit_report *report);

/* The smallest signed head of at least size leaves; NULL where there is none. */
const struct audit_head *audit_heads_covering(const struct audit_heads *heads, uint64_t size);
/* The largest signed head; NULL where there is none. */
const struct audit_head *audit_heads_newest(const struct audit_heads *heads);

/* Appends the head's text as it stands in its file. */
int audit_heads_text(const struct audit_heads *heads, const struct audit_head *head, struct buf *text);

#endif

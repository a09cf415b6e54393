/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECTIFICATION_LINK_H
#define RECTIFICATION_LINK_H
/*
 * What the people of a unit do with the link of their message. The secret is 256 random bits that stand
 * behind the # of the URL, so that no log and no Referer holds them; only their SHA-256 is kept. A link is
 * bound to one person and one notification, ends some time after the deadline, can be revoked, and gives
 * right to nothing else.
 *
 * Errors as in rectification.h; ERR_LIMIT where the unit has changed more than LINK_CHANGES_PER_HOUR or has
 * attached more than it may.
 */
#include "base/hash.h"
#include "rectification/centre.h"

#define LINK_TOKEN_SIZE 65 /* 64 hex digits and a NUL */
#define LINK_PATH "/reply#"
#define LINK_CHANGES_PER_HOUR 240
#define LINKS_PER_PERSON 8 /* of one notification; the oldest end first */

struct link {
	int64_t rectification, person;
	char name[128]; /* of the person, cut */
	uint8_t hash[SHA256_SIZE];
};

/* Who holds the secret. ERR_DENIED where nobody does, or no longer. */
int link_find(struct db_tx *tx, struct str token, int64_t now, struct link *ret_link);

/* Notes that it was used, at most once a minute. */
int link_touch(struct db_tx *tx, const struct link *link, int64_t now);

/* A new link for a person who is among those told. */
int link_make(struct db_tx *tx, int64_t rectification, int64_t person, int64_t expires, int64_t now,
	      char ret_token[LINK_TOKEN_SIZE]);

int link_confirm(struct db_tx *tx, const struct link *link, int64_t version, int64_t now);

struct link_report {
	struct str cause, measures, result;
	bool submit; /* else it stays a draft; a submitted one has all three */
};
/* ERR_RANGE where it is to be submitted and a part is empty. */
int link_report(struct db_tx *tx, const struct link *link, int64_t version, const struct link_report *report,
		int64_t now);

/* until lies behind the deadline and at most LINK_EXTENSION_MAX behind now, else ERR_RANGE. */
#define LINK_EXTENSION_MAX (180 * CLOCK_DAY)
int link_ask(struct db_tx *tx, const struct link *link, int64_t version, int64_t until, struct str reason,
	     int64_t now);

/* --- evidence ------------------------------------------------------------------------------------------- */

#define REPLY_FILES_MAX 20
#define REPLY_FILE_MAX (15u * 1024 * 1024)
#define REPLY_BYTES_MAX (100u * 1024 * 1024) /* of one notification */
#define REPLY_NAME_MAX 200                   /* bytes */

struct reply_file {
	int64_t id, size, added; /* µs */
	struct str name, type, by;
	char sha256[SHA256_HEX_SIZE];
};

/* By the last part of its name: pdf, docx, xlsx, pptx, doc, xls, png, jpg, jpeg, txt, log, csv, zip. The
   media type, or NULL. */
const char *reply_file_type(struct str name);

/* Keeps the bytes below office->folder under their SHA-256 and then the entry. ERR_UNKNOWN: no such type;
   ERR_LIMIT. The same bytes under the same name again: the entry that is there. */
int reply_file_add(struct db *db, const struct rectification_office *office, const struct link *link,
		   struct str name, struct str bytes, int64_t now, int64_t *ret_id);
int reply_file_remove(struct db_tx *tx, const struct link *link, int64_t id, int64_t now);
int reply_file_list(struct db_tx *tx, int64_t rectification,
		    int (*visit)(void *context, const struct reply_file *evidence), void *context);

/* Appends the bytes; ERR_CORRUPT where they are not what was given. visit is called before. */
int reply_file_read(struct db_tx *tx, const struct rectification_office *office, int64_t rectification,
		    int64_t id, int (*visit)(void *context, const struct reply_file *evidence), void *context,
		    struct buf *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_EVIDENCE_FILE_H
#define CASES_EVIDENCE_FILE_H
/*
 * Files that belong to an incident as evidence. The bytes lie in FOLDER/ab/SHA256 (FOLDER: DATA/core/files),
 * once for all incidents that have the same; the database keeps name, size, hash, and who added, viewed or
 * exported it when. A file is never changed and never deleted by its incident. Its bytes are compared with
 * their hash each time they are read.
 */
#include "base/buf.h"
#include "cases/incident.h"

#define EVIDENCE_FILE_MAX (16 * 1024 * 1024)                  /* bytes of one */
#define EVIDENCE_TOTAL_MAX (INT64_C(32) * 1024 * 1024 * 1024) /* of all, each content once */
#define EVIDENCE_FILES_MAX 500                                /* of an incident */
#define EVIDENCE_NAME_MAX 200                                 /* characters */
#define EVIDENCE_NOTE_MAX 1000

struct evidence_file {
	int64_t id, incident, size, added;
	struct str name, sha256, note, added_by;
};
typedef int evidence_visit(void *context, const struct evidence_file *file);

struct custody {
	int64_t time;
	struct str by, action, address; /* action: "added", "viewed", "exported", "printed" */
};

/* Writes the bytes and then the row; a row never lacks its bytes, bytes may lack a row after a crash. The
   incident's first two members of file are read: name, note. ERR_END, ERR_DENIED where the incident was
   merged, ERR_LIMIT, -ENOSPC and so on. */
int evidence_add(struct db_tx *tx, const char *folder, int64_t incident, const struct evidence_file *file,
		 struct str bytes, struct str by, struct str address, int64_t at, int64_t *ret_id);

/* ERR_END where the incident has no such file. */
int evidence_get(struct db_tx *tx, int64_t incident, int64_t id, evidence_visit *visit, void *context);
int evidence_list(struct db_tx *tx, int64_t incident, evidence_visit *visit, void *context);

/* Appends the bytes. ERR_CORRUPT where they are not what their hash says, -ENOENT where they are gone. */
int evidence_read(const char *folder, struct str sha256, int64_t size, struct buf *out);

/* Who had it in hand: what was done and by whom, the oldest first. */
int evidence_note(struct db_tx *tx, int64_t id, const char *action, struct str by, struct str address,
		  int64_t at);
int evidence_custody(struct db_tx *tx, int64_t id, int (*visit)(void *context, const struct custody *custody),
		     void *context);

#endif

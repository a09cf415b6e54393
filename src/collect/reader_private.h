/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_READER_PRIVATE_H
#define COLLECT_READER_PRIVATE_H
/*
 * Inside the reader: what a member is (reader_kind.c), records out of its bytes
 * (reader_cut.c), and out of a binary one by a child (reader_child.c).
 */
#include "base/json.h"
#include "collect/reader.h"
#include "collect/reader_format.h"

/* Why a member that begins with these bytes is not text and what to do with it; NULL where it is text. */
const char *reader_kind_refuse(struct str head);

/* Whether these bytes are enough of a member to answer both questions. */
bool reader_kind_is_clear(struct str head);

/* Whether a member that begins with these bytes is a stream of JSON documents rather than lines. */
bool reader_kind_is_documents(struct str head, struct json_parser *parser);

/*
 * Cuts records off the front of a window on a member's bytes. The caller shows the
 * window, drops what the cutter says it used, and shows it longer when the cutter
 * asks for more, which it does only below record_max bytes of window plus 2.
 */
struct reader_cutter {
	size_t record_max;
	bool documents;
	uint64_t line;   /* at the front of the window */
	size_t seen;     /* bytes of the window that hold no end of the record */
	bool discarding; /* the record was cut, its rest is being dropped */
	/* of documents: */
	bool in_array; /* inside the array whose elements are the records */
	bool in_string, escaped;
	char last; /* the byte before the window, to see where lines begin */
	size_t depth;
};

void reader_cutter_init(struct reader_cutter *cutter, size_t record_max, bool documents);

/* True with a record, which points into window, but its member left as it was; false when more is needed,
   or, where end says that no more comes, when there is none left. *ret_used bytes are to be dropped. */
bool reader_cut(struct reader_cutter *cutter, struct str window, bool end, struct reader_record *ret_record,
		size_t *ret_used);

/* --- reader_child.c --- */

struct reader_child;

/* Forks a child that reads fd, which stays the caller's. 0 or -errno. */
int reader_child_start(const struct reader_format *format, int fd, size_t record_max,
		       struct reader_child **ret_child);
void reader_child_end(struct reader_child *child); /* NULL is fine */

/* As reader_next(), of this member, but for the record's member, which it leaves out. */
int reader_child_next(struct reader_child *child, struct reader_record *ret_record, struct err *ret_err);

#endif

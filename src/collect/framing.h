/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_FRAMING_H
#define COLLECT_FRAMING_H
/*
 * Syslog messages out of a TCP byte stream, RFC 6587. Both framings are
 * understood and told apart message by message:
 *
 *   octet counting (section 3.4.1)    "27 <13>1 …"          MSG-LEN SP SYSLOG-MSG
 *   non-transparent (section 3.4.2)   "<13>Oct 11 …\n"      SYSLOG-MSG, LF or NUL
 *
 * A frame that begins with a non-zero digit, more digits and a space is counted;
 * anything else is a line, so that senders whose lines begin with a date are
 * understood too. Once a counted frame was seen, what follows must be another
 * one or begin with '<': otherwise the count was wrong, we are somewhere inside
 * a message, and the only safe thing is to close. Line ends between frames are
 * skipped, since some senders count without the LF they append; those that count
 * it have it taken off the message's end.
 *
 * A message longer than the cap is cut to it and flagged; the rest is skipped.
 *
 * The machine is plain data without pointers: the caller keeps the bytes. It may
 * be copied before a call and put back afterwards to undo what the call took.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define FRAMING_DIGITS_MAX 10                  /* of a count; more are no count */
#define FRAMING_OCTETS_MAX (16u * 1024 * 1024) /* a count beyond is taken for an attack or an error */

struct framing {
	size_t cap;      /* bytes of a message */
	size_t skip;     /* bytes of a cut counted message still to be dropped */
	size_t searched; /* bytes at the front known to hold no line end */
	bool skip_line;  /* dropping the rest of a cut line */
	bool counted;    /* a counted frame was seen */
};

struct frame {
	struct str message; /* inside the data given; never empty */
	bool truncated;
};

enum framing_result {
	FRAMING_MORE,      /* no whole frame: give the unused bytes again, with more behind */
	FRAMING_FRAME,     /* *ret_frame is filled */
	FRAMING_OVERSIZED, /* the count is beyond FRAMING_OCTETS_MAX: close */
	FRAMING_INVALID,   /* no count where one must stand: close */
};

void framing_init(struct framing *framing, size_t cap);

/* Looks for a frame at the front of data, which begins with the bytes the last call left unused.
   *ret_used is how many bytes of data are done with, whatever the result; the frame is among them. After
   FRAMING_MORE at most cap + FRAMING_DIGITS_MAX + 1 bytes are unused. At the end of the stream an unfinished
   line is a message, and an unfinished counted message is one cut short. */
enum framing_result framing_next(struct framing *framing, struct str data, bool end_of_stream,
				 size_t *ret_used, struct frame *ret_frame);

#endif

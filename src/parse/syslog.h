/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_SYSLOG_H
#define PARSE_SYSLOG_H
/*
 * The header of a syslog message: RFC 5424, and what RFC 3164 describes as being
 * in use, in the variants that are met: with or without PRI; a time as
 * "Mmm dd hh:mm:ss" with or without year, fraction and zone, or ISO 8601; a
 * sequence number before the time; a clock mark (* or .) on it; a host name
 * before or behind it, or none; a tag "program[pid]:", or one that begins with
 * % and stays part of the message.
 *
 * Nothing is copied: all texts are views of the input.
 */
#include <stdbool.h>

#include "base/str.h"
#include "parse/date.h"

#define SYSLOG_TAG_MAX 64
#define SYSLOG_HOST_MAX 255

struct syslog_header {
	int facility, severity; /* -1: no PRI */
	int version;            /* 1 for RFC 5424, 0 for others */
	bool has_time;
	bool zoned;   /* the time names its zone */
	int64_t time; /* µs */
	struct str host, program, pid, msgid, sequence;
	struct str structured; /* RFC 5424 STRUCTURED-DATA with its brackets; empty where nil */
	struct str message;
	bool borrowed; /* there is none: what is known was said apart from the text */
};

/* 0, or ERR_SYNTAX where text has neither PRI nor a header with a time, and then *ret_header says nothing. */
int syslog_parse(struct str text, const struct date_context *context, struct syslog_header *ret_header);

/* Steps through structured data: takes one element's parameter off *rest. *id keeps the element's SD-ID
   between calls. Escapes stay in *ret_value, and then *ret_escaped is true. False at the end or where
   malformed. */
bool syslog_next_param(struct str *rest, struct str *id, struct str *ret_name, struct str *ret_value,
		       bool *ret_escaped);

#endif

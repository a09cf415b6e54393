/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DRAIN_DRAIN_H
#define DRAIN_DRAIN_H
/*
 * Lines that no source knows, clustered into templates while they come: Drain (He, Zhu,
 * Zheng, Lyu: Drain: An Online Log Parsing Approach with Fixed Depth Tree, ICWS 2017).
 *
 * A line is cut into tokens. What varies for certain is masked at once: runs with a
 * digit in them, and the values of key=value. A line belongs to the template of the
 * same peer and program with as many tokens, the same first one, and at least half of
 * the others in common; what differs becomes a wildcard. The tree of the paper is a
 * hash of that path here.
 *
 * Everything is bounded: DRAIN_TOKENS_MAX tokens a line (the rest is one wildcard),
 * DRAIN_PEER_MAX templates a peer, DRAIN_TEMPLATES_MAX in all; where there is no room the
 * template that was met longest ago gives way, the peer's own first. So a peer that
 * sends nonsense forgets its own templates and nobody else's until the whole is full.
 * About 2 KiB a template. One thread.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define DRAIN_TEMPLATES_MAX 2048
#define DRAIN_PEER_MAX 128
#define DRAIN_TOKENS_MAX 64
#define DRAIN_TEXT_MAX 1024 /* bytes of a line that are looked at, and of a sample */
#define DRAIN_PROGRAM_MAX 64
#define DRAIN_SAMPLES 3 /* the first lines of a template */
#define DRAIN_STATE_MAX (64u * 1024 * 1024)
#define DRAIN_WILDCARD "<*>"

enum drain_form { DRAIN_TEXT, DRAIN_SYSLOG, DRAIN_JSON };

struct drain_line {
	uint8_t peer[16];   /* IPv4 mapped; all zero: local */
	uint16_t listener;  /* enum listener_id */
	uint8_t form;       /* enum drain_form */
	struct str program; /* of a syslog header; may be empty */
	struct str text;    /* the message; of JSON its keys, each "key=", with spaces between */
	struct str raw;     /* the record */
	int64_t received;   /* µs */
	uint64_t seq;
};

struct drain_sample {
	uint64_t seq;
	struct str text; /* the record, cut to DRAIN_TEXT_MAX */
};

struct drain_template {
	uint8_t peer[16];
	uint16_t listener;
	uint8_t form;
	struct str program;
	const struct str *tokens;
	size_t token_count;
	uint64_t count;
	int64_t first, last; /* received, µs */
	struct drain_sample samples[DRAIN_SAMPLES];
	size_t sample_count;
};

struct drain;

struct drain *drain_new(void);
void drain_free(struct drain *drain); /* NULL is fine */

/* Copies what it needs. */
void drain_add(struct drain *drain, const struct drain_line *line);

/* From the most frequent to the rarest; valid until the next drain_add(). */
size_t drain_count(const struct drain *drain);
const struct drain_template *const *drain_list(struct drain *drain);

/* The tokens with a space between. */
void drain_format(const struct drain_template *item, struct buf *out);

/* All of it as JSON, and back into a new one. 0, or ERR_SYNTAX, and then it is still new. */
void drain_save(const struct drain *drain, struct buf *out);
int drain_load(struct drain *drain, struct str json);

#endif

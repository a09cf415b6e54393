/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_WHO_H
#define QUERY_WHO_H
/*
 * Who had an address at a time, from the store's table address_assignments (doc/formats/store.md): the rows
 * of DHCP, RADIUS, portals, VPN gateways and NAT devices made into spans of time, each with its holder and
 * with the numbers of the journal's records that say so.
 *
 * A span begins with the first row that names the holder (or at event.start of that row), and goes on as long
 * as rows do not contradict it: another MAC, another user, or, where neither is known of both, another host
 * name. It ends when the address was given back, when it was given to somebody else, or when the lease was
 * over and not renewed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "event/param.h"

#define WHO_EVIDENCE_MAX 16  /* numbers kept of a span: the first, and the last one */
#define WHO_ADDRESSES_MAX 32 /* of one MAC, user or host that are looked at, the latest */
#define WHO_MAPPINGS_MAX 16  /* of one outside address and port whose holders are looked for */
#define WHO_TEXT_MAX 256     /* bytes of what is asked for */

enum who_kind { WHO_ADDRESS, WHO_MAC, WHO_NAME };

struct who_question {
	enum who_kind kind;
	struct str text;
	uint8_t ip[16];   /* of WHO_ADDRESS */
	char mac[13];     /* of WHO_MAC */
	int64_t port;     /* of an address that NAT shares; 0: not asked */
	int64_t from, to; /* µs, both included; equal: one moment */
	int64_t now;
};

enum who_end {
	WHO_OPEN,       /* not known to have ended */
	WHO_RELEASED,   /* given back, or taken away */
	WHO_REASSIGNED, /* given to somebody else */
	WHO_LEASE,      /* not renewed in time */
};

struct who_span {
	/* What an address maps to: NAT only. */
	uint8_t outside[16];
	int64_t outside_port, outside_port_last; /* 0: all */
	int64_t port;                            /* inside */

	uint8_t address[16]; /* that was held; the inside one */
	struct str mac;      /* 12 hex digits; "" where unknown, as user and host */
	struct str user, host;
	int64_t from;  /* 0: before what is known */
	int64_t until; /* WHO_OPEN: end of the lease, or 0; else the end */
	int64_t seen;  /* the last row that says so */
	enum who_end end;
	struct str dataset, observer; /* who said so last */
	uint8_t observer_ip[16];
	uint64_t evidence[WHO_EVIDENCE_MAX];
	size_t evidence_count, records;

	bool endless;     /* inside: some row named no end */
	int64_t replaced; /* inside: when the next began; 0: not */
};

struct who_spans {
	VEC_OF(struct who_span)
};

/* A source that says who has an address, around the time asked for. */
struct who_heard {
	struct str dataset, observer;
	int64_t last;
	uint64_t rows;
};

struct who_answer {
	struct arena *arena;       /* the texts */
	struct who_spans mappings; /* of NAT, that hold in [from, to] */
	struct who_spans holders;  /* that hold in [from, to], by address and time */
	struct who_spans near;     /* one moment, and nobody: the last before and the first behind */
	bool shared;               /* NAT shares the address, and no port was named */
	bool truncated;            /* there is more than was looked at */
	struct {
		VEC_OF(struct who_heard)
	} heard; /* filled where nobody was found */
};

/* Reads what is asked for: an address, a MAC with separators, else the name of a user or host. The text must
   outlive the question. 0, or ERR_SYNTAX or ERR_LIMIT with *ret_err filled. */
int who_parse(struct str text, struct who_question *ret_question, struct err *ret_err);

/* Runs a query and appends its rows, in the format TabSeparated. */
typedef int who_ask(void *context, const struct sql_query *query, struct buf *ret_rows, struct err *ret_err);

/* 0, or what ask returned, or ERR_PROTOCOL. who_answer_done() in any case. */
int who_run(const struct who_question *question, who_ask *ask, void *context, struct who_answer *ret_answer,
	    struct err *ret_err);
void who_answer_done(struct who_answer *answer);

/* The object of doc/formats/api.yaml, Who. */
void who_write(const struct who_question *question, const struct who_answer *answer, struct buf *out);

/* "released", … as in that object. */
const char *who_end_name(enum who_end end);
const char *who_kind_name(enum who_kind kind);

/* Why nobody was found, and what to do about it: one sentence. "" where somebody was. */
const char *who_reason(const struct who_question *question, const struct who_answer *answer);

#endif

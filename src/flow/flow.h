/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H
/*
 * NetFlow 5 and 9 (RFC 3954), IPFIX (RFC 7011) and sFlow 5: datagrams in, one JSON
 * object for each flow record out. A record needs nothing else to be understood:
 * its keys are IANA's names whatever it came by, times are absolute, and what the
 * exporter told about sampling, interfaces, applications and VRFs is joined to it.
 * doc/formats/flow.md describes the records.
 *
 * A decoder remembers templates and options by exporter's address, protocol and
 * observation domain (source id). Data that come before their template are kept a
 * while. All of that is bounded by the caps below: beyond the number of domains, or
 * their bytes together, the domain that was silent longest is forgotten.
 *
 * One thread per decoder. Nothing is allocated for a data record once the output
 * has grown; templates, options and kept data allocate.
 */
#include "base/buf.h"

#define FLOW_DATAGRAM_MAX 65535
#define FLOW_DOMAINS_MAX 4096
#define FLOW_TEMPLATES_MAX 1024                  /* of a domain */
#define FLOW_FIELDS_MAX 256                      /* of a template */
#define FLOW_NAMES_MAX 8192                      /* of a domain: interfaces, applications, VRFs, samplers */
#define FLOW_NAME_MAX 128                        /* bytes of one, as JSON */
#define FLOW_MEMORY_MAX (64u * 1024 * 1024)      /* templates and names of all */
#define FLOW_WAITING_MAX (256u * 1024)           /* bytes of a domain's data without template */
#define FLOW_WAITING_ALL_MAX (16u * 1024 * 1024) /* of all */
#define FLOW_STATE_MAX (128u * 1024 * 1024)      /* bytes of a saved state */

struct flow_options {
	int64_t template_age; /* µs until a template that is not sent again is forgotten; 0: seven days */
	int64_t waiting_age;  /* µs data without template are kept; 0: an hour */
	bool options;         /* records of options data too, with "flowOptions":true */
};

struct flow_decoder;

struct flow_decoder *flow_decoder_new(const struct flow_options *options);
void flow_decoder_free(struct flow_decoder *decoder); /* NULL is fine */

/* Records one behind the other. Zero-initialise; reused, it stops allocating. */
struct flow_output {
	struct buf text;
	uint32_t *ends; /* of each record in text */
	size_t count, capacity;
};

static inline struct str flow_output_record(const struct flow_output *output, size_t i)
{
	uint32_t start = i ? output->ends[i - 1] : 0;

	return str_of(output->text.ptr + start, output->ends[i] - start);
}

static inline void flow_output_clear(struct flow_output *output)
{
	buf_clear(&output->text);
	output->count = 0;
}

void flow_output_done(struct flow_output *output);

struct flow_datagram {
	uint8_t exporter[16]; /* who sent it; IPv4 mapped */
	int64_t received;     /* µs */
	struct str bytes;
};

/* Adds the datagram's records to output, and those of kept data whose template it brings. 0; ERR_VERSION for
   no protocol of ours, ERR_SYNTAX where it is malformed from some place on, after what comes before it. */
int flow_decode(struct flow_decoder *decoder, const struct flow_datagram *datagram,
		struct flow_output *output);

#define FLOW_STATS(X)                                                                               \
	X(datagrams, "datagrams that came in")                                                      \
	X(malformed, "of them no flow protocol, or malformed")                                      \
	X(records, "flow records decoded")                                                          \
	X(options, "options records decoded")                                                       \
	X(lost, "missing by the exporters' counts: records (NetFlow 5, IPFIX), datagrams (others)") \
	X(late, "datagrams that came behind later ones")                                            \
	X(kept, "data sets kept because their template was not there")                              \
	X(unkept, "data sets given up: too old, or no room")                                        \
	X(templates, "templates taken, new or changed")                                             \
	X(templates_refused, "templates refused: too many, too large, or without content")          \
	X(templates_expired, "templates not sent again in time")                                    \
	X(domains_forgotten, "exporters' domains forgotten for want of room")                       \
	X(names_refused, "names not remembered: too many, or too long")                             \
	X(counters, "sFlow counter samples, which are passed over")

struct flow_stats {
#define X(name, text) uint64_t name;
	FLOW_STATS(X)
#undef X
};

const struct flow_stats *flow_decoder_stats(const struct flow_decoder *decoder);

/* Rises whenever what flow_state_write() would write has changed, but for times. */
uint64_t flow_decoder_changes(const struct flow_decoder *decoder);

/* What is remembered, as bytes that the same version reads again; the format is described in state.c. */
void flow_state_write(const struct flow_decoder *decoder, struct buf *out);

/* Into a new decoder; now is for the ages. 0; ERR_VERSION, or ERR_CORRUPT, and then nothing was taken. */
int flow_state_read(struct flow_decoder *decoder, struct str state, int64_t now);

#endif

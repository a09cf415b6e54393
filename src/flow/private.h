/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_PRIVATE_H
#define FLOW_PRIVATE_H
/*
 * Inside flow/: who exports (domain.c), what his templates are (template.c), what
 * became of them (plan.c), what his options said (names.c), and the protocols.
 */
#include "flow/flow.h"
#include "flow/plan.h"

enum flow_protocol { FLOW_NETFLOW5 = 5, FLOW_NETFLOW9 = 9, FLOW_IPFIX = 10, FLOW_SFLOW5 = 50 };

#define BUCKETS 4096

/* --- what is remembered --------------------------------------------------------------------------------- */

struct template
{
	uint16_t id;
	bool options;
	uint16_t scopes; /* of the fields, the first ones */
	uint16_t field_count;
	int64_t defined; /* when it was sent last, by our clock */
	struct plan *plan;
	struct plan_field fields[];
};

/* A data set without template. */
struct waiting {
	struct waiting *next;
	int64_t received;
	struct flow_times times;
	uint16_t set;
	uint16_t len;
	uint8_t bytes[];
};

/* What a key of an options record stands for. */
struct name {
	uint64_t key;
	uint32_t interval; /* of NAME_SAMPLER */
	uint8_t kind;      /* enum name_kind + 1; 0: free */
	uint8_t len;
	char *text; /* a JSON string with its quotes; NULL for NAME_SAMPLER */
};

struct names {
	struct name *slots; /* open addressing; at most half full */
	size_t capacity, count;
	size_t samplers;
	unsigned kinds;    /* bits of those there are */
	uint32_t interval; /* of the only sampler; 0: none or several */
};

struct domain_key {
	uint8_t address[16];
	uint32_t id; /* observation domain, source id, engine; of sFlow the sub-agent */
	uint32_t protocol;
};

struct domain {
	struct domain_key key;
	struct domain *chain;         /* in its bucket */
	struct domain *older, *newer; /* by when it was heard */
	int64_t heard;
	struct template **templates; /* by id */
	size_t template_count, template_capacity;
	struct waiting *first, *last;
	size_t waiting_bytes;
	size_t memory; /* bytes of templates and names */
	struct names names;
	uint64_t init;     /* systemInitTimeMilliseconds from its options; 0: not told */
	uint32_t expected; /* the next sequence number */
	bool sequenced;    /* expected is known */
	char text[64];     /* ,"exporter":"…" */
	uint8_t text_len;
};

struct flow_decoder {
	struct flow_options options;
	struct flow_stats stats;
	uint64_t changes;
	struct domain *buckets[BUCKETS];
	struct domain *oldest, *newest;
	size_t domain_count, memory, waiting_bytes;
	struct plan *netflow5;
	struct plan_place places[FLOW_FIELDS_MAX]; /* of a record of variable length */
};

/* --- one datagram --------------------------------------------------------------------------------------- */

struct message {
	struct flow_decoder *decoder;
	struct domain *domain;
	struct flow_output *output;
	struct flow_times times;
	int64_t received;
	uint32_t records; /* data records met, options too */
	bool unknown;     /* a set could not be decoded, so that records is too few */
};

/* --- domain.c ------------------------------------------------------------------------------------------- */

/* Made where it is not there. */
struct domain *domain_get(struct flow_decoder *decoder, const uint8_t address[16],
			  enum flow_protocol protocol, uint32_t id, int64_t now);
void domain_clear_all(struct flow_decoder *decoder);

/* Counts what is missing before number; next is what will come behind this datagram. */
void domain_sequence(struct flow_decoder *decoder, struct domain *domain, uint32_t number, uint32_t next);

/* Takes or gives back bytes of templates and names; for room, domains that were silent long are forgotten. */
void domain_account(struct flow_decoder *decoder, struct domain *domain, ptrdiff_t bytes);

/* Keeps a set's content. */
void domain_keep(struct flow_decoder *decoder, struct domain *domain, const struct flow_times *times,
		 int64_t received, uint16_t set, struct str bytes);
/* Takes what is kept for set off the domain, oldest first; each is the caller's to free. */
struct waiting *domain_take(struct flow_decoder *decoder, struct domain *domain, uint16_t set);
/* Gives up what is too old. */
void domain_expire(struct flow_decoder *decoder, struct domain *domain, int64_t now);

/* --- template.c ----------------------------------------------------------------------------------------- */

/* NULL where there is none, or one that is too old. */
struct template *template_find(struct flow_decoder *decoder, struct domain *domain, uint16_t id, int64_t now);

/* Takes a definition; 0 or ERR_LIMIT. *ret_new: it is not what was there. */
int template_define(struct flow_decoder *decoder, struct domain *domain, const struct template *head,
		    const struct plan_field *fields, bool *ret_new);
void template_free(struct template *template);

/* The sets that define templates. 0 or ERR_SYNTAX. */
int template_read_netflow9(struct message *message, struct str set, bool options);
int template_read_ipfix(struct message *message, struct str set, bool options);

/* --- names.c -------------------------------------------------------------------------------------------- */

const struct name *flow_names_get(const struct names *names, enum name_kind kind, uint64_t key);
/* interval for NAME_SAMPLER, else text as JSON. */
void flow_names_put(struct flow_decoder *decoder, struct domain *domain, enum name_kind kind, uint64_t key,
		    uint32_t interval, struct str text);
void flow_names_done(struct names *names);
/* What an options record tells. */
void flow_names_learn(struct message *message, const struct plan *plan, const struct plan_place *places,
		      const uint8_t *record);

/* --- set.c ---------------------------------------------------------------------------------------------- */

/* The records of a data set. ERR_SYNTAX where one ends beyond it. */
int set_decode(struct message *message, const struct template *template, struct str set);
/* What was kept for a template that has come. */
void set_decode_kept(struct message *message, uint16_t id);

/* ,"samplingInterval":… and the names that the exporter's options gave to this record's numbers. */
char *set_join(const struct message *message, const struct plan *plan, const struct plan_place *places,
	       const uint8_t *record, char *out);

/* {"flowProtocol":…: what every record of a set begins with. Returns its length. */
#define SET_HEAD_MAX 256
size_t set_head(const struct message *message, const char *protocol, int template, char out[SET_HEAD_MAX]);

/* Room for a record of so many bytes, and where it begins; then that it ends there. */
char *output_begin(struct flow_output *output, size_t room);
void output_end(struct flow_output *output, const char *end);

/* --- protocols: 0 or ERR_SYNTAX ------------------------------------------------------------------------- */

struct plan *netflow5_plan(void);
int netflow5_decode(struct flow_decoder *decoder, const struct flow_datagram *datagram,
		    struct flow_output *output);
int netflow9_decode(struct flow_decoder *decoder, const struct flow_datagram *datagram,
		    struct flow_output *output);
int ipfix_decode(struct flow_decoder *decoder, const struct flow_datagram *datagram,
		 struct flow_output *output);
int sflow5_decode(struct flow_decoder *decoder, const struct flow_datagram *datagram,
		  struct flow_output *output);

#endif

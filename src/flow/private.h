/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_PRIVATE_H
#define FLOW_PRIVATE_H
/* Inside flow/: one datagram on its way through the protocols, and the sets in it. */
#include "flow/domain.h"

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

/* --- template.c: the sets that define templates -------------------------------------------------- */

/* 0 or ERR_SYNTAX. */
int template_read_netflow9(struct message *message, struct str set, bool options);
int template_read_ipfix(struct message *message, struct str set, bool options);

/* --- names.c: ------------------------------------------------------------------------------------ */

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

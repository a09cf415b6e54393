/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_DNS_PAIRS_H
#define SENSOR_DNS_PAIRS_H
/*
 * Queries of the DNS that wait for their answers: found by flow and id, told of with the answer, or alone
 * after DNS_WAIT, or when the table is full and theirs is the oldest. A repeated query is the same one.
 */
#include "sensor/flow.h"

#define DNS_WAIT_SECONDS 10
#define DNS_QUERY_NAME_MAX 255 /* bytes of text kept */

struct dns_query {
	struct flow_identity who;
	uint32_t chain, older, newer; /* indices, FLOW_NONE */
	uint16_t id, flags, type, class;
	uint8_t name_len, first; /* first: the side that asked */
	uint8_t application;
	bool answered; /* and more answers may come */
	uint32_t repeated;
	int64_t time, asked; /* of the packet; by the sensor's time */
	uint64_t name_hash;  /* of the whole name in lower case */
	char name[DNS_QUERY_NAME_MAX];
};

struct dns_pairs {
	struct dns_query *queries;
	uint32_t *buckets;
	uint32_t size, mask, unused, spare, oldest, newest, count;
	uint64_t seed;
};

struct sensor;

void dns_pairs_init(struct dns_pairs *pairs, uint32_t size, uint64_t seed);
void dns_pairs_done(struct dns_pairs *pairs);

/* A message of the DNS, mDNS or LLMNR that side of flow sent. False where it is none. */
bool dns_message(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes, size_t len,
		 int64_t time);

/* Tells of the queries that waited too long; all: of all. */
void dns_expire(struct sensor *sensor, bool all);

#endif

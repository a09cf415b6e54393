/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SEEN_H
#define QUERY_SEEN_H
/*
 * What of one's own was seen at all, and when last: queries over the roll-ups of the store (store/schema.h),
 * each with a cap on its rows, for whoever compares that with a register. Times are of the hour that
 * something fell into. Every query has its columns named in its comment.
 */
#include <stddef.h>
#include <stdint.h>

#include "event/param.h"

#define SEEN_NETS_MAX 64
#define SEEN_ASKED_MAX 200 /* addresses, ranges or names that one query is about */
#define SEEN_DATASETS_MAX 8

struct seen_range {
	uint8_t first[16], last[16];
};

struct seen_nets {
	struct seen_range items[SEEN_NETS_MAX];
	size_t count;
};

/* "10.0.0.0/8,fc00::/7"; what is wrong in it, or too much, is left out. */
void seen_nets_read(struct str list, struct seen_nets *ret_nets);

/* Addresses within the networks that something came from, the busiest first: address (32 hex digits), first,
   last, events. */
void seen_addresses(const struct seen_nets *nets, int64_t from, int64_t to, unsigned limit,
		    struct sql_query *query);

/* Hosts that said something, the busiest first: name, first, last, events, datasets (an array). */
void seen_hosts(int64_t from, int64_t to, unsigned limit, struct sql_query *query);

/* Names that were resolved to an address within the networks, or asked for there over HTTP or TLS: the same
   columns. There is no roll-up of them; so the span is a day or so. */
void seen_names(const struct seen_nets *nets, int64_t from, int64_t to, unsigned limit,
		struct sql_query *query);

/* What DHCP and the like said last of each address: address, host, mac (12 hex digits), dataset. */
void seen_leases(const uint8_t (*addresses)[16], size_t count, struct sql_query *query);

/* Which datasets named each address as a source: address, datasets. */
void seen_datasets(const uint8_t (*addresses)[16], size_t count, int64_t from, struct sql_query *query);

/* When the first hour of the roll-ups was: first; 0 where they are empty. */
void seen_begin(struct sql_query *query);

/* Of each range the last hour in which something came from it: n (its number, from 0), last. Those of which
   nothing is known since then are not there. */
void seen_ranges(const struct seen_range *ranges, size_t count, int64_t since, struct sql_query *query);

/* The same of hosts by their names in lower case, with their domain or without: name, last. */
void seen_hosts_last(const struct str *names, size_t count, int64_t since, struct sql_query *query);

/* Which of the addresses something went to: address. */
void seen_destinations(const uint8_t (*addresses)[16], size_t count, int64_t since, struct sql_query *query);

#endif
